/**
 * Metrics made of others at a scrape: the values of a metric of the catalogue under another name, added up by other labels.
 * Nothing is measured a second time.
 */
import type { Attributes } from '@opentelemetry/api';
import { DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';
import { added, explicitBuckets, exponentialBuckets, type Buckets } from '../buckets.ts';
import type { Collected, Exemplar, Marks } from '../collected.ts';
import type { Derived } from '../derived.ts';
import type { MetricName } from './catalogue.ts';

export interface Rule {
  readonly name: string;
  readonly type: Derived['type'];
  /** The sentence for people. */
  readonly help: string;
  readonly from: MetricName | readonly MetricName[];
  /** For docs/metrics.md. */
  readonly labels: readonly string[];
  /** The labels of a series; undefined: it does not count. A label without a value is left out. */
  readonly labelsOf?: (attributes: Attributes) => Attributes | undefined;
  /** What counts of a series. Default: of a histogram for a counter its count, else all of it. */
  readonly counts?: (value: Value, type: Derived['type']) => Value;
  /** Zero where nothing has been measured. */
  readonly zero?: true;
}

export type Value = number | Buckets;

/** What is made by a rule, time and again: the same labels are the same object each time. */
export interface RunningRule {
  readonly name: string;
  /** Undefined: there is nothing of it. */
  run(metrics: ByName): Derived | undefined;
}

export function createRule({ labelsOf = none, counts = ofType, zero, ...rule }: Rule): RunningRule {
  const { name, type, help, from } = rule;
  const sources = typeof from === 'string' ? [from] : from;
  const interned = new Map<string, Attributes>();
  const known = new WeakMap<Attributes, Attributes | typeof LEFT_OUT>();
  const target = (attributes: Attributes): Attributes | undefined => {
    let labels = known.get(attributes);
    if (labels === undefined) {
      const made = labelsOf(attributes);
      labels = made === undefined ? LEFT_OUT : intern(interned, withWorker(made, attributes));
      known.set(attributes, labels);
    }
    return labels === LEFT_OUT ? undefined : labels;
  };
  return {
    name,
    run(metrics) {
      const series = new Map<Attributes, Value>();
      const exemplars = new Map<Attributes, Exemplar[]>();
      for (const metric of sources.flatMap((source) => metrics.get(source) ?? [])) {
        for (const point of metric.dataPoints) {
          const labels = target(point.attributes);
          if (labels === undefined) continue;
          const value = counts(pointValue(metric, point), type);
          const before = series.get(labels);
          const now = before === undefined ? value : sum(before, value);
          if (now !== undefined) series.set(labels, now);
          const { exemplars: given } = point as Marks;
          if (given !== undefined && type !== 'gauge') note(exemplars, labels, given);
        }
      }
      if (series.size === 0 && zero === true) series.set(target(NONE) ?? NONE, 0);
      return series.size === 0 ? undefined : { name, type, help, series, exemplars };
    },
  };
}

const LEFT_OUT = Symbol('left out');
const NONE: Attributes = {};
const none = (): Attributes => NONE;

/** A few thousand series at most: the SDK has no more of them either. */
const MAX_KNOWN = 10_000;

function intern(known: Map<string, Attributes>, labels: Attributes): Attributes {
  const key = JSON.stringify(labels);
  const same = known.get(key);
  if (same !== undefined) return same;
  if (known.size < MAX_KNOWN) known.set(key, labels);
  return labels;
}

/** Of what each process of a group has its own. */
const withWorker = (labels: Attributes, { worker }: Attributes): Attributes =>
  worker === undefined ? labels : { ...labels, worker };

const ofType = (value: Value, type: Derived['type']): Value =>
  type === 'histogram' || typeof value === 'number' ? value : value.count;

export function pointValue({ dataPointType }: MetricData, { value }: MetricData['dataPoints'][number]): Value {
  if (typeof value === 'number') return value;
  return dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM
    ? exponentialBuckets(value as Parameters<typeof exponentialBuckets>[0])
    : explicitBuckets(value as Parameters<typeof explicitBuckets>[0]);
}

function sum(a: Value, b: Value): Value | undefined {
  if (typeof a === 'number') return typeof b === 'number' ? a + b : undefined;
  return typeof b === 'number' ? undefined : added(a, b);
}

function note(exemplars: Map<Attributes, Exemplar[]>, labels: Attributes, given: Marks['exemplars']): void {
  const list = exemplars.get(labels) ?? [];
  for (const exemplar of given ?? []) if (exemplar !== undefined) list.push(exemplar);
  exemplars.set(labels, list);
}

/** All metrics of all scopes. */
export type ByName = ReadonlyMap<string, readonly MetricData[]>;

export function byName(scopes: Collected['scopeMetrics']): ByName {
  const metrics = new Map<string, MetricData[]>();
  for (const metric of scopes.flatMap((scope) => scope.metrics)) {
    const known = metrics.get(metric.descriptor.name);
    if (known === undefined) metrics.set(metric.descriptor.name, [metric]);
    else known.push(metric);
  }
  return metrics;
}
