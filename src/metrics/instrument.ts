/** Instruments as their rows in the catalogue describe them. Anybody who measures may import this. */
import {
  ValueType,
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

const optionsOf = ({ unit, doc }: Row): MetricOptions => ({
  unit,
  description: doc,
  valueType: unit === 's' || unit === '1' ? ValueType.DOUBLE : ValueType.INT,
});
