import type { TextMapPropagator } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { loadChunk } from '../chunk.ts';

/** https://opentelemetry.io/docs/specs/otel/context/api-propagators/ by the names of `OTEL_PROPAGATORS`. */
export function createPropagator(names: readonly string[]): TextMapPropagator {
  return new CompositePropagator({ propagators: names.flatMap((name) => byName(name) ?? []) });
}

function byName(name: string): TextMapPropagator | undefined {
  if (name === 'tracecontext') return new W3CTraceContextPropagator();
  if (name === 'baggage') return new W3CBaggagePropagator();
  return loadChunk<typeof import('./rare-propagators.ts')>('rare-propagators').propagators[name]?.();
}
