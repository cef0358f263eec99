import { ValueType, type Attributes } from '@opentelemetry/api';
import { millisToHrTime } from '@opentelemetry/core';
import { emptyResource, type Resource } from '@opentelemetry/resources';
import type { MetricData, MetricReader, ResourceMetrics, ScopeMetrics } from '@opentelemetry/sdk-metrics';
import * as diag from '../diag.ts';
import { measurable } from './guard/measurable.ts';
import { MAX_OBSERVED } from './guard/results.ts';

type Time = ReturnType<typeof millisToHrTime>;

/** What is private to `@opentelemetry/sdk-metrics` and looked into here: all of it is synchronous but for its `async`. */
interface Internals {
  readonly _shutdown: boolean;
  readonly _sdkMetricProducer: {
    readonly _sharedState: {
      readonly resource: Resource;
      readonly meterSharedStates: ReadonlyMap<string, Meter>;
    };
  };
}

interface Meter {
  readonly _instrumentationScope: ScopeMetrics['scope'];
  readonly observableRegistry: {
    readonly _callbacks: readonly { readonly callback: Callback; readonly instrument: Instrument }[];
    readonly _batchCallbacks: readonly { readonly callback: Callback; readonly instruments: ReadonlySet<Instrument> }[];
  };
  readonly metricStorageRegistry: { getStorages(collector: unknown): readonly Storage[] };
}

interface Storage {
  collect(collector: unknown, time: Time): MetricData | undefined;
}

interface Instrument {
  readonly _descriptor: { readonly valueType: ValueType };
  readonly _metricStorages: readonly { record(observed: Observed, time: Time): void }[];
}

type Callback = (result: { observe(...args: readonly unknown[]): void }) => unknown;

/** Attributes and values as the storages read them. */
interface Observed {
  entries(): Iterable<readonly [Attributes, number]>;
}

/**
 * What `reader.collect()` would give, at once: in the `exit` of a process no promise settles. An observable callback
 * that returns a promise gives what it has observed by then; what it has not, is reported by its last value where the
 * temporality is cumulative. Never throws: a callback that does costs itself, whatever else fails its meter.
 */
export function collectNow(reader: MetricReader): ResourceMetrics {
  try {
    return collect(reader as unknown as Internals);
  } catch (cause) {
    diag.debug('metrics cannot be collected at the end of the process', cause);
    return { resource: emptyResource(), scopeMetrics: [] };
  }
}

function collect({ _shutdown: isOver, _sdkMetricProducer: collector }: Internals): ResourceMetrics {
  const { resource, meterSharedStates } = collector._sharedState;
  const time = millisToHrTime(Date.now());
  const scopeMetrics: ScopeMetrics[] = [];
  if (isOver) return { resource, scopeMetrics };
  for (const meter of meterSharedStates.values()) {
    try {
      observe(meter, time);
      const metrics = meter.metricStorageRegistry
        .getStorages(collector)
        .flatMap((storage) => storage.collect(collector, time) ?? []);
      if (metrics.length > 0) scopeMetrics.push({ scope: meter._instrumentationScope, metrics });
    } catch (cause) {
      diag.debug('metrics of a meter cannot be collected at the end of the process', cause);
    }
  }
  return { resource, scopeMetrics };
}

function observe({ observableRegistry }: Meter, time: Time): void {
  // All are called before the first result is stored, as the SDK does it.
  const results = [
    ...observableRegistry._callbacks.map(({ callback, instrument }) => {
      const observations = new Observations(instrument);
      return call(callback, { observe: (value, attributes) => observations.add(value, attributes) }, [observations]);
    }),
    ...observableRegistry._batchCallbacks.map(({ callback, instruments }) => {
      const ofEach = new Map(Array.from(instruments, (instrument) => [instrument, new Observations(instrument)]));
      return call(
        callback,
        { observe: (metric, value, attributes) => ofEach.get(metric as Instrument)?.add(value, attributes) },
        [...ofEach.values()],
      );
    }),
  ];
  for (const observations of results.flat()) observations.store(time);
}

/** What the callback observed; nothing of one that threw, as half of a result would read as the whole. */
function call(
  callback: Callback,
  result: Parameters<Callback>[0],
  observations: readonly Observations[],
): readonly Observations[] {
  try {
    const returned = callback(result);
    // Nobody waits for it: were it to reject, that would be an unhandled rejection of the application's.
    Promise.resolve(returned).catch(() => {});
    // Who has yet to observe has not observed that there is nothing.
    return returned instanceof Promise ? observations.filter((of) => of.hasAny()) : observations;
  } catch (cause) {
    diag.debug('an observable callback failed at the end of the process', cause);
    return [];
  }
}

/** Of one instrument by one callback; of the same attributes the last counts. */
class Observations implements Observed {
  private readonly instrument: Instrument;
  private readonly known = new Map<string, readonly [Attributes, number]>();

  constructor(instrument: Instrument) {
    this.instrument = instrument;
  }

  add(value: unknown, given: unknown): void {
    if (typeof value !== 'number' || this.known.size >= MAX_OBSERVED) return;
    const isWhole = this.instrument._descriptor.valueType === ValueType.INT;
    const number = isWhole ? Math.trunc(value) : value;
    if (isWhole && !Number.isInteger(number)) return;
    const attributes = measurable(given) ?? {};
    const key = JSON.stringify(Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    this.known.set(key, [this.known.get(key)?.[0] ?? { ...attributes }, number]);
  }

  hasAny(): boolean {
    return this.known.size > 0;
  }

  entries(): Iterable<readonly [Attributes, number]> {
    return this.known.values();
  }

  store(time: Time): void {
    for (const storage of this.instrument._metricStorages) storage.record(this, time);
  }
}
