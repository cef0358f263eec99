/**
 * Collected metrics as Prometheus' families: one name, one type, one help, and every series once. What can no longer be
 * told apart under Prometheus' names is added up, or left out with a line: one doubtful sample makes Prometheus reject
 * the whole scrape. The formats write what this returns.
 */
import { DataPointType, type MetricData, type ScopeMetrics } from '@opentelemetry/sdk-metrics';
import type { Collected } from '../../collected.ts';
import * as diag from '../../diag.ts';
import { added, explicitBuckets, exponentialBuckets, type Buckets } from './buckets.ts';
import { labels, type Pair } from './labels.ts';
import { metricName, type Suffix } from './names.ts';

export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'info';
  readonly help: string;
  /** The scope whose instrument came first. */
  readonly scope: string;
  /** By labels, as text. */
  readonly series: Map<string, Value>;
}

export type Value = number | Buckets;

export interface FamilyOptions {
  readonly withoutScopeInfo: boolean;
  readonly withoutTargetInfo: boolean;
}

/** Every name that a sample is written under, with the family that writes it. */
type Claims = Map<string, Family>;

export function families(
  { resource, scopeMetrics }: Omit<Collected, 'errors'>,
  options: FamilyOptions,
): readonly Family[] {
  const claims: Claims = new Map();
  // While a detector still works, reading the attributes would complain; the next scrape has them.
  if (!options.withoutTargetInfo && resource.asyncAttributesPending !== true) {
    const series = new Map([[labels(resource.attributes), 1]]);
    claim(claims, { name: 'target_info', type: 'info', help: 'Target metadata', scope: 'resource', series });
  }
  // Meters answer in any order; of two that conflict the same one must win in every scrape.
  for (const { scope, metrics } of scopeMetrics.toSorted(byScope)) {
    const scopeLabels = options.withoutScopeInfo ? [] : labelsOf(scope);
    for (const metric of metrics) {
      try {
        add(claims, metric, scope.name, scopeLabels);
      } catch (cause) {
        leaveOut(metric.descriptor.name, scope.name, diag.describe(cause));
      }
    }
  }
  return [...claims].filter(([name, family]) => name === family.name).map(([, family]) => family);
}

function add(claims: Claims, metric: MetricData, scope: string, scopeLabels: readonly Pair[]): void {
  if (metric.dataPoints.length === 0) return;
  const { name: original, unit, description } = metric.descriptor;
  const [type, suffix] = typeOf(metric);
  const name = metricName(original, unit, suffix);
  if (name === '') return leaveOut(original, scope, 'Prometheus allows no character of its name');
  const help = description || `OpenTelemetry metric ${original}`;
  const family = claim(claims, { name, type, help, scope, series: new Map() });
  if (family.name !== name || family.type !== type) {
    return leaveOut(
      original,
      scope,
      `as a ${type} ${name} it conflicts with the ${family.type} ${family.name} (${family.scope})`,
    );
  }
  const additive = metric.dataPointType !== DataPointType.GAUGE;
  for (const [attributes, value] of points(metric)) {
    const key = labels(attributes, scopeLabels);
    const before = family.series.get(key);
    const now = before === undefined ? value : additive ? sum(before, value) : undefined;
    if (now === undefined) leaveOut(original, scope, `another series of ${name} has the same labels {${key}}`);
    else family.series.set(key, now);
  }
}

/** The family that owns the name: the given one, or whichever has claimed one of its sample names before. */
function claim(claims: Claims, family: Family): Family {
  const names = sampleNames(family);
  const owner = names.map((name) => claims.get(name)).find((claimed) => claimed !== undefined);
  if (owner !== undefined) return owner;
  for (const name of names) claims.set(name, family);
  return family;
}

const sampleNames = ({ name, type }: Family): readonly string[] =>
  type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];

function typeOf(metric: MetricData): readonly [type: Family['type'], suffix: Suffix] {
  switch (metric.dataPointType) {
    case DataPointType.SUM:
      return metric.isMonotonic ? ['counter', 'total'] : ['gauge', undefined];
    case DataPointType.GAUGE:
      return ['gauge', metric.descriptor.unit === '1' ? 'ratio' : undefined];
    default:
      return ['histogram', undefined];
  }
}

type Point = readonly [attributes: MetricData['dataPoints'][number]['attributes'], value: Value];

function points(metric: MetricData): readonly Point[] {
  switch (metric.dataPointType) {
    case DataPointType.HISTOGRAM:
      return metric.dataPoints.map(({ attributes, value }) => [attributes, explicitBuckets(value)]);
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      return metric.dataPoints.map(({ attributes, value }) => [attributes, exponentialBuckets(value)]);
    default:
      return metric.dataPoints.map(({ attributes, value }) => [attributes, value]);
  }
}

/** Two series that Prometheus cannot tell apart, as one; undefined where they do not add up. */
function sum(a: Value, b: Value): Value | undefined {
  if (typeof a === 'number') return typeof b === 'number' ? a + b : undefined;
  return typeof b === 'number' ? undefined : added(a, b);
}

const labelsOf = ({ name, version = '' }: ScopeMetrics['scope']): readonly Pair[] => [
  ['otel_scope_name', name],
  ['otel_scope_version', version],
];

function byScope({ scope: a }: ScopeMetrics, { scope: b }: ScopeMetrics): number {
  const [x, y] = [`${a.name} ${a.version ?? ''}`, `${b.name} ${b.version ?? ''}`];
  return x < y ? -1 : x > y ? 1 : 0;
}

function leaveOut(metric: string, scope: string, why: string): void {
  diag.limited(`metric ${metric} ${scope}`, `metric ${metric} (${scope}) is not served on /metrics: ${why}`);
}
