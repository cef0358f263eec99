import { types } from 'node:util';
import { createNoopMeter, ValueType } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import * as diag from '../../diag.ts';
import { attempt, failed, guard, guardProvider, replace, withTexts, type Method } from './guard.ts';
import { measurable } from './measurable.ts';

export function guardMetrics(): void {
  guardProvider('MeterProvider', MeterProvider.prototype, 'getMeter', guardMeter);
}

/** Instruments, and the verb by which the application gives them a value. */
const INSTRUMENTS = {
  createCounter: 'add',
  createUpDownCounter: 'add',
  createGauge: 'record',
  createHistogram: 'record',
  createObservableCounter: undefined,
  createObservableUpDownCounter: undefined,
  createObservableGauge: undefined,
} as const;

function guardMeter(meter: object): void {
  for (const [create, verb] of Object.entries(INSTRUMENTS))
    guardCreation(meter, create as keyof typeof INSTRUMENTS, verb);
  for (const name of ['addBatchObservableCallback', 'removeBatchObservableCallback']) {
    guard('Meter', meter, name, () => undefined);
  }
  attempt(() => guardCallbacks(meter as unknown as Internals));
}

function guardCreation(meter: object, create: keyof typeof INSTRUMENTS, verb: string | undefined): void {
  replace(
    meter,
    create,
    (original) =>
      function (name, options) {
        let instrument: object;
        try {
          if (typeof name !== 'string') throw new TypeError('the name of an instrument must be a text');
          instrument = original.call(
            this,
            name,
            withTexts(withBoundaries(options), ['description', 'unit']),
          ) as typeof instrument;
        } catch (cause) {
          failed(`Meter.${create}`, cause);
          return createNoopMeter()[create]('');
        }
        const type = create.slice('create'.length);
        if (verb !== undefined) guardMeasurement(type, instrument, verb);
        else
          for (const name of ['addCallback', 'removeCallback']) guard('Observable', instrument, name, () => undefined);
        return instrument;
      },
  );
}

function guardMeasurement(type: string, made: object, name: string): void {
  replace(
    made,
    name,
    (original) =>
      function (value, attributes, context) {
        try {
          return original.call(this, value, measurable(attributes), context);
        } catch (cause) {
          return failed(`${type}.${name}`, cause);
        }
      },
  );
}

function guardBatchMeasurement(made: object): void {
  replace(
    made,
    'observe',
    (original) =>
      function (metric, value, attributes) {
        try {
          return original.call(this, metric, value, measurable(attributes));
        } catch (cause) {
          return failed('BatchObservableResult.observe', cause);
        }
      },
  );
}

/** What is private to `@opentelemetry/sdk-metrics` and needed to know what callbacks are given, and what they throw. */
interface Internals {
  readonly _meterSharedState: { readonly observableRegistry: Registry };
}

interface Registry {
  readonly _batchCallbacks: { callback(result: object): void; readonly instruments: ReadonlySet<never> }[];
  addCallback(callback: (result: object) => void, instrument: object): void;
}

function guardCallbacks({ _meterSharedState: { observableRegistry } }: Internals): void {
  let areKnown = false;
  replace(
    observableRegistry,
    'observe',
    (observe) =>
      async function (time, timeout) {
        if (!areKnown) {
          areKnown = true;
          attempt(() => guardResults(this as Registry, observe));
        }
        const reasons = (await observe.call(this, time, timeout)) as readonly unknown[];
        // The reader asks the first for its name, which ends the collection where nothing was thrown: `throw undefined`.
        return reasons.map((reason) => (types.isNativeError(reason) ? reason : new Error(diag.describe(reason))));
      },
  );
}

/** A registry of our own calls ours, before its first promise. */
function guardResults(like: Registry, observe: Method): void {
  const registry = new (like.constructor as new () => Registry)();
  registry.addCallback((result) => guardMeasurement('ObservableResult', result, 'observe'), {
    _descriptor: { name: '', valueType: ValueType.DOUBLE },
    _metricStorages: [],
  });
  registry._batchCallbacks.push({ callback: guardBatchMeasurement, instruments: new Set() });
  void observe.call(registry, [0, 0]);
}

/** Bounds that are no numbers would fail at every export. */
function withBoundaries(options: unknown): unknown {
  const { advice } = (options ?? {}) as { readonly advice?: { readonly explicitBucketBoundaries?: unknown } | null };
  const bounds = advice?.explicitBucketBoundaries;
  if (bounds === undefined || (Array.isArray(bounds) && bounds.every((bound) => typeof bound === 'number'))) {
    return options;
  }
  return { ...(options as object), advice: undefined };
}
