import type { TextMapPropagator } from '@opentelemetry/api';
import { CompositePropagator } from '@opentelemetry/core';
import { loadChunk } from '../chunk.ts';
import { baggage } from './baggage.ts';
import { traceContext } from './trace-context.ts';

/** https://opentelemetry.io/docs/specs/otel/context/api-propagators/ by the names of `OTEL_PROPAGATORS`. */
export function createPropagator(names: readonly string[]): TextMapPropagator {
  return new CompositePropagator({ propagators: names.flatMap((name) => byName(name) ?? []) });
}

function byName(name: string): TextMapPropagator | undefined {
  if (name === 'tracecontext') return traceContext;
  if (name === 'baggage') return baggage;
  return loadChunk<typeof import('./rare-propagators.ts')>('rare-propagators').propagators[name]?.();
}
