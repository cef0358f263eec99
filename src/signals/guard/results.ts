/** What observable callbacks observe by. */
import * as diag from '../../diag.ts';
import { failed, replace } from './guard.ts';
import { measurable } from './measurable.ts';

/** Sets of attributes that a callback may observe each time: several times what is kept of them. */
export const MAX_OBSERVED = 10_000;

/** What is private to `@opentelemetry/sdk-metrics` and says how many there are. */
interface Result {
  readonly _buffer: { readonly size: number };
  readonly _instrumentName: string;
}

interface BatchResult {
  readonly _buffer: ReadonlyMap<unknown, { readonly size: number }>;
}

export function guardResult(result: object): void {
  replace(
    result,
    'observe',
    (original) =>
      function (value, attributes) {
        try {
          const { _buffer: buffer, _instrumentName: name } = this as Result;
          if (buffer.size >= MAX_OBSERVED) return sayTooMany(name);
          return original.call(this, value, measurable(attributes));
        } catch (cause) {
          return failed('ObservableResult.observe', cause);
        }
      },
  );
}

export function guardBatchResult(result: object): void {
  replace(
    result,
    'observe',
    (original) =>
      function (metric, value, attributes) {
        try {
          const observed = (this as BatchResult)._buffer.get(metric);
          if (observed !== undefined && observed.size >= MAX_OBSERVED) {
            return sayTooMany((metric as { readonly _descriptor: { readonly name: string } })._descriptor.name);
          }
          return original.call(this, metric, value, measurable(attributes));
        } catch (cause) {
          return failed('BatchObservableResult.observe', cause);
        }
      },
  );
}

const sayTooMany = (name: string): void =>
  diag.limited(
    'observed',
    `an observable callback of "${name}" observes more than ${MAX_OBSERVED} sets of attributes at once: the rest is not looked at`,
  );
