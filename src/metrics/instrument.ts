/** Instruments as their rows in the catalogue describe them. Anybody who measures may import this. */
import {
  ValueType,
  type Attributes,
  type BatchObservableCallback,
  type Counter,
  type Histogram,
  type Meter,
  type MetricOptions,
  type Observable,
} from '@opentelemetry/api';
import { rowOf, type MetricName, type Row } from './catalogue.ts';

/** `bounds`: these as well. */
export function histogram(meter: Meter, name: MetricName, bounds: readonly number[] = []): Histogram {
  const row = rowOf(name);
  const all = [...new Set([...(row.bounds ?? []), ...bounds])].sort((a, b) => a - b);
  return meter.createHistogram(name, { ...optionsOf(row), advice: { explicitBucketBoundaries: all } });
}

export const counter = (meter: Meter, name: MetricName): Counter => meter.createCounter(name, optionsOf(rowOf(name)));

export function observable(meter: Meter, name: MetricName): Observable {
  const row = rowOf(name);
  const options = optionsOf(row);
  if (row.type === 'counter') return meter.createObservableCounter(name, options);
  if (row.type === 'updowncounter') return meter.createObservableUpDownCounter(name, options);
  return meter.createObservableGauge(name, options);
}

/**
 * Observes these of them at every collection, at once: what belongs together is asked for once. Returns what ends that.
 * A promise is waited for as long as the collection may take.
 */
export function observeTogether<N extends MetricName>(
  meter: Meter,
  names: readonly N[],
  measure: (observe: (name: N, value: number, attributes?: Attributes) => void) => void | Promise<void>,
): () => void {
  const byName = new Map(names.map((name) => [name, observable(meter, name)]));
  const callback: BatchObservableCallback = (result) =>
    measure((name, value, attributes) => result.observe(byName.get(name) as Observable, value, attributes));
  const all = [...byName.values()];
  meter.addBatchObservableCallback(callback, all);
  return () => meter.removeBatchObservableCallback(callback, all);
}

/** The same whoever makes the instrument. */
export const optionsOf = ({ unit, doc, bounds }: Row): MetricOptions => ({
  unit,
  description: doc,
  valueType: unit === 's' || unit === '1' ? ValueType.DOUBLE : ValueType.INT,
  ...(bounds && { advice: { explicitBucketBoundaries: [...bounds] } }),
});
