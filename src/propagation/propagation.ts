import type { TextMapPropagator } from '@opentelemetry/api';
import { loadChunk } from '../chunk.ts';
import * as diag from '../diag.ts';
import { baggage } from './baggage.ts';
import { traceContext } from './trace-context.ts';

/**
 * https://opentelemetry.io/docs/specs/otel/context/api-propagators/ by the names of `OTEL_PROPAGATORS`. Never throws: what
 * headers are read and written by is the application's, and a format that fails leaves the others as they are.
 */
export function createPropagator(names: readonly string[]): TextMapPropagator {
  const propagators = names.flatMap((name) => byName(name) ?? []);
  const fields = [...new Set(propagators.flatMap((propagator) => propagator.fields()))];
  return {
    inject(context, carrier, setter) {
      for (const propagator of propagators) {
        try {
          propagator.inject(context, carrier, setter);
        } catch (cause) {
          failed('written', cause);
        }
      }
    },
    extract(context, carrier, getter) {
      let extracted = context;
      for (const propagator of propagators) {
        try {
          extracted = propagator.extract(extracted, carrier, getter);
        } catch (cause) {
          failed('read', cause);
        }
      }
      return extracted;
    },
    fields: () => [...fields],
  };
}

function byName(name: string): TextMapPropagator | undefined {
  if (name === 'tracecontext') return traceContext;
  if (name === 'baggage') return baggage;
  return loadChunk<typeof import('./rare-propagators.ts')>('rare-propagators').propagators[name]?.();
}

function failed(verb: string, cause: unknown): void {
  diag.limited(`propagation ${verb}`, `the headers of a trace could not be ${verb}: ${diag.describe(cause)}`);
}
