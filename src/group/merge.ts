/**
 * What several processes and threads have collected, as if one had. Counters, up-down counters and histograms add up; of
 * gauges each is shown, with the attribute `worker`, or what the catalogue says. Pure: what comes out can go in again, and
 * no order of merging changes the result.
 */
import type { Attributes } from '@opentelemetry/api';
import {
  DataPointType,
  type DataPoint,
  type ExponentialHistogram,
  type Histogram,
  type MetricData,
  type ScopeMetrics,
} from '@opentelemetry/sdk-metrics';
import type { Marks } from '../collected.ts';
import { addExactly, rest, rounded, type Exact } from './exact-sum.ts';
import { newest } from './exemplars.ts';
import {
  addExplicit,
  addExponential,
  explicitOf,
  exponentialOf,
  noExplicit,
  noExponential,
  type Explicit,
  type Exponential,
} from './histograms.ts';

export type Across = 'each' | 'max' | 'min' | 'sum';

export interface Part {
  readonly scopeMetrics: readonly ScopeMetrics[];
  /** Who it is from, as the value of the attribute. Undefined: who that was is gone, and only sums are left of it. */
  readonly worker?: string;
  /** Taken away: it is contained in another part. */
  readonly minus?: boolean;
}

export interface MergeOptions {
  /** The catalogue's rule for a metric, where it has one. */
  readonly acrossOf: (metric: string) => Across | undefined;
  /** Told of what could not be added. */
  readonly leftOut?: (metric: string) => void;
}

type Value = number | Histogram | ExponentialHistogram;
type Point = DataPoint<Value> & Marks & { readonly rest?: Exact };
type Total = number | Exact | Explicit | Exponential;

interface Series {
  attributes: Attributes;
  marks: Marks;
  startTime: Point['startTime'];
  endTime: Point['endTime'];
  total: Total;
}

interface Metric {
  readonly data: MetricData;
  readonly series: Map<string, Series>;
}

/** Series of one metric; those of processes that are long gone would grow for ever. */
const MAX_SERIES = 10_000;
const OVERFLOW: Attributes = { 'otel.metric.overflow': true };

export function merge(parts: readonly Part[], options: MergeOptions): ScopeMetrics[] {
  const scopes = new Map<string, { readonly scope: ScopeMetrics['scope']; readonly metrics: Map<string, Metric> }>();
  // What is taken away must be there.
  for (const part of [...parts].sort((a, b) => Number(a.minus ?? false) - Number(b.minus ?? false))) {
    for (const { scope, metrics } of part.scopeMetrics) {
      const name = JSON.stringify([scope.name, scope.version]);
      let known = scopes.get(name);
      if (known === undefined) scopes.set(name, (known = { scope, metrics: new Map() }));
      for (const data of metrics) addMetric(known.metrics, data, part, options);
    }
  }
  return [...scopes.values()].map(({ scope, metrics }) => ({
    scope,
    metrics: [...metrics.values()].filter(({ series }) => series.size > 0).map(dataOf),
  }));
}

/** What must not be lost with a process: counters and histograms. */
export const sumsOf = (scopeMetrics: readonly ScopeMetrics[]): ScopeMetrics[] =>
  scopeMetrics.map(({ scope, metrics }) => ({ scope, metrics: metrics.filter(onlyGrows) }));

const onlyGrows = (data: MetricData): boolean =>
  data.dataPointType === DataPointType.SUM ? data.isMonotonic : data.dataPointType !== DataPointType.GAUGE;

function addMetric(metrics: Map<string, Metric>, data: MetricData, part: Part, options: MergeOptions): void {
  const sums = onlyGrows(data);
  if (!sums && (part.worker === undefined || part.minus === true)) return;
  const { name, unit } = data.descriptor;
  const kind = data.dataPointType === DataPointType.SUM ? data.isMonotonic : '';
  const id = JSON.stringify([name, unit, data.dataPointType, kind]);
  let metric = metrics.get(id);
  if (metric === undefined) metrics.set(id, (metric = { data, series: new Map() }));
  const usual = data.dataPointType === DataPointType.GAUGE ? 'each' : 'sum';
  const across = sums ? 'sum' : (options.acrossOf(name) ?? usual);
  for (const point of data.dataPoints as readonly Point[]) {
    if (!addPoint(metric, across === 'each' ? ofWorker(point, part.worker ?? '') : point, across, part.minus ?? false))
      options.leftOut?.(name);
  }
}

/** False: it does not fit what is there. */
function addPoint({ data, series }: Metric, point: Point, across: Across, minus: boolean): boolean {
  let key = point.series === undefined ? keyOf(point.attributes) : `s${point.series}`;
  let known = series.get(key);
  if (known === undefined) {
    if (minus) return true;
    let { attributes, series: mark }: Partial<Point> & Pick<Point, 'attributes'> = point;
    if (series.size >= MAX_SERIES) {
      [key, attributes, mark] = [keyOf(OVERFLOW), OVERFLOW, undefined];
      known = series.get(key);
    }
    if (known === undefined) {
      const { startTime, endTime } = point;
      const marks: Marks = mark === undefined ? {} : { series: mark };
      series.set(key, (known = { attributes, marks, startTime, endTime, total: nothing(data, point, across) }));
    }
  }
  if (!addValue(data, known, point, across, minus ? -1 : 1)) return false;
  if (minus) return true;
  if (isBefore(point.startTime, known.startTime)) known.startTime = point.startTime;
  if (isBefore(known.endTime, point.endTime)) known.endTime = point.endTime;
  const exemplars = newest(known.marks.exemplars, point.exemplars);
  if (exemplars !== undefined) known.marks = { ...known.marks, exemplars };
  return true;
}

function nothing({ dataPointType }: MetricData, { value }: Point, across: Across): Total {
  if (dataPointType === DataPointType.HISTOGRAM) return noExplicit(value as Histogram);
  if (dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM) return noExponential(value as ExponentialHistogram);
  return across === 'sum' ? [] : (value as number);
}

function addValue({ dataPointType }: MetricData, to: Series, point: Point, across: Across, sign: 1 | -1): boolean {
  const { value } = point;
  if (dataPointType === DataPointType.HISTOGRAM) return addExplicit(to.total as Explicit, value as Histogram, sign);
  if (dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM)
    addExponential(to.total as Exponential, value as ExponentialHistogram, sign);
  else if (across === 'sum')
    for (const term of [value as number, ...(point.rest ?? [])]) addExactly(to.total as Exact, sign * term);
  else if (across === 'max') to.total = Math.max(to.total as number, value as number);
  else if (across === 'min') to.total = Math.min(to.total as number, value as number);
  else to.total = value as number;
  return true;
}

function dataOf({ data, series }: Metric): MetricData {
  const dataPoints = Array.from(series.values(), ({ attributes, startTime, endTime, marks, total }) => ({
    attributes,
    startTime,
    endTime,
    ...marks,
    ...valueOf(data, total),
  }));
  return { ...data, dataPoints } as MetricData;
}

function valueOf({ dataPointType }: MetricData, total: Total): { readonly value: Value; readonly rest?: Exact } {
  if (dataPointType === DataPointType.HISTOGRAM) return { value: explicitOf(total as Explicit) };
  if (dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM) return { value: exponentialOf(total as Exponential) };
  if (typeof total === 'number') return { value: total };
  const value = rounded(total as Exact);
  const left = rest(total as Exact, value);
  return { value, ...(left !== undefined && { rest: left }) };
}

/** One of the application's own gives way, as Prometheus renames a label that a target has too. */
function ofWorker(point: Point, worker: string): Point {
  const { worker: own, ...attributes } = point.attributes;
  return {
    ...point,
    attributes: { ...attributes, ...(own !== undefined && { exported_worker: own }), worker },
    ...(point.series !== undefined && { series: `${point.series}\0${worker}` }),
  };
}

function keyOf(attributes: Attributes): string {
  const keys = Object.keys(attributes);
  if (keys.length > 1) keys.sort();
  return JSON.stringify(keys.map((key) => [key, attributes[key]]));
}

const isBefore = ([a, aNanos]: Point['startTime'], [b, bNanos]: Point['startTime']): boolean =>
  a < b || (a === b && aNanos < bNanos);
