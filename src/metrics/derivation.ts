/**
 * Metrics made of others at a scrape: the values of metrics of the catalogue under another name, added up by other labels.
 * Nothing is measured a second time.
 */
import type { Attributes } from '@opentelemetry/api';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import { bucketsOf, type Buckets } from '../buckets.ts';
import type { Collected, Marks } from '../collected.ts';
import type { Derived } from '../derived.ts';
import { newest, type Exemplars } from '../exemplars.ts';
import type { MetricName } from './catalogue.ts';
import { createTotal, type Total } from '../total.ts';

export interface Derivation {
  readonly name: string;
  readonly type: Derived['type'];
  /** The sentence for people. */
  readonly help: string;
  readonly from: MetricName | readonly MetricName[];
  /** For docs/metrics.md. */
  readonly labels: readonly string[];
  /** The labels of a series; undefined: it does not count. A label without a value is left out. */
  readonly labelsOf?: (attributes: Attributes) => Attributes | undefined;
  /** What a counter counts of a histogram. Default: all. */
  readonly counts?: (buckets: Buckets) => number;
  /** Zero where nothing has been measured. */
  readonly zero?: true;
}

/** Derives time and again: the same labels are the same object each time. Undefined: there is nothing of it. */
export type Derive = (metrics: ByName) => Derived | undefined;

export function createDerivation({ labelsOf = none, counts, zero, ...derivation }: Derivation): Derive {
  const { name, type, help, from } = derivation;
  const sources = typeof from === 'string' ? [from] : from;
  const target = createTarget(labelsOf);
  return (metrics) => {
    const totals = new Map<Attributes, Total>();
    const exemplars = new Map<Attributes, Exemplars>();
    for (const metric of sources.flatMap((source) => metrics.get(source) ?? [])) {
      for (const point of metric.dataPoints) {
        const labels = target(point.attributes);
        if (labels === undefined) continue;
        let total = totals.get(labels);
        if (total === undefined) totals.set(labels, (total = createTotal()));
        total.add(valueOf(metric, point, type, counts), (point as { readonly rest?: readonly number[] }).rest);
        const kept = type === 'gauge' ? undefined : newest(exemplars.get(labels), (point as Marks).exemplars);
        if (kept !== undefined) exemplars.set(labels, kept);
      }
    }
    const series = new Map<Attributes, number | Buckets>();
    for (const [labels, total] of totals) {
      const value = total.value();
      if (value !== undefined) series.set(labels, value);
    }
    if (series.size === 0 && zero === true) series.set(target(NONE) ?? NONE, 0);
    return series.size === 0 ? undefined : { name, type, help, series, exemplars };
  };
}

function valueOf(
  metric: MetricData,
  point: MetricData['dataPoints'][number],
  type: Derived['type'],
  counts: Derivation['counts'],
): number | Buckets {
  const { value } = point;
  if (typeof value === 'number') return value;
  if (type === 'histogram') return bucketsOf(metric, point);
  return counts === undefined ? value.count : counts(bucketsOf(metric, point));
}

const NONE: Attributes = {};
const none = (): Attributes => NONE;

/** A few thousand series at most: the SDK has no more of them either. */
const MAX_KNOWN = 10_000;

/** The labels of a series, the same object for the same labels. */
function createTarget(
  labelsOf: (attributes: Attributes) => Attributes | undefined,
): (attributes: Attributes) => Attributes | undefined {
  const interned = new Map<string, Attributes>();
  const known = new WeakMap<Attributes, Attributes | typeof LEFT_OUT>();
  return (attributes) => {
    let labels = known.get(attributes);
    if (labels === undefined) {
      const made = labelsOf(attributes);
      labels = made === undefined ? LEFT_OUT : intern(interned, withWorker(made, attributes));
      known.set(attributes, labels);
    }
    return labels === LEFT_OUT ? undefined : labels;
  };
}

const LEFT_OUT = Symbol('left out');

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
