/** The series of a metric while values of many are added to them. */
import type { Attributes } from '@opentelemetry/api';
import {
  DataPointType,
  type DataPoint,
  type ExponentialHistogram,
  type Histogram,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import type { Marks } from '../collected.ts';
import { addExactly, rest, rounded, type Exact } from '../exact-sum.ts';
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

/** What becomes of the values of a series. */
export type Across = 'each' | 'max' | 'sum';

type Value = number | Histogram | ExponentialHistogram;
export type Point = DataPoint<Value> & Marks & { readonly rest?: Exact };
type Total = number | Exact | Explicit | Exponential;

interface Series {
  attributes: Attributes;
  marks: Marks;
  startTime: Point['startTime'];
  endTime: Point['endTime'];
  total: Total;
}

export interface Metric {
  readonly data: MetricData;
  readonly series: Map<string, Series>;
}

/** Series of one metric; those of processes that are long gone would grow for ever. */
const MAX_SERIES = 10_000;
/** Data points of a step; of many series all of it takes longer than an event loop should wait. */
export const STEP = 200;
const OVERFLOW: Attributes = { 'otel.metric.overflow': true };

/** False: it does not fit what is there. */
export function addPoint({ data, series }: Metric, point: Point, across: Across, minus: boolean): boolean {
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
  else if (across === 'sum') {
    addExactly(to.total as Exact, sign * (value as number));
    if (point.rest !== undefined) for (const term of point.rest) addExactly(to.total as Exact, sign * term);
  } else if (across === 'max') to.total = Math.max(to.total as number, value as number);
  else to.total = value as number;
  return true;
}

/** In steps. */
export function* dataOf({ data, series }: Metric): Generator<void, MetricData> {
  const dataPoints: object[] = [];
  for (const { attributes, startTime, endTime, marks, total } of series.values()) {
    dataPoints.push({ attributes, startTime, endTime, ...marks, ...valueOf(data, total) });
    if (dataPoints.length % STEP === 0) yield;
  }
  return { ...data, dataPoints } as unknown as MetricData;
}

function valueOf({ dataPointType }: MetricData, total: Total): { readonly value: Value; readonly rest?: Exact } {
  if (dataPointType === DataPointType.HISTOGRAM) return { value: explicitOf(total as Explicit) };
  if (dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM) return { value: exponentialOf(total as Exponential) };
  if (typeof total === 'number') return { value: total };
  const value = rounded(total as Exact);
  const left = rest(total as Exact, value);
  return { value, ...(left !== undefined && { rest: left }) };
}

/** No two different ones have the same: what is said of a text is how long it is. */
function keyOf(attributes: Attributes): string {
  const keys = Object.keys(attributes);
  if (keys.length > 1) keys.sort();
  let text = 'a';
  for (const key of keys) {
    const value = attributes[key];
    const written = typeof value === 'string' ? value : JSON.stringify(value);
    text += `${key.length} ${key}${typeof value === 'string' ? '=' : ':'}${written?.length} ${written}`;
  }
  return text;
}

const isBefore = ([a, aNanos]: Point['startTime'], [b, bNanos]: Point['startTime']): boolean =>
  a < b || (a === b && aNanos < bNanos);
