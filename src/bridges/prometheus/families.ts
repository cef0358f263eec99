/**
 * Collected metrics as Prometheus' families: one name, one type, one help, and every series once. What can no longer be
 * told apart under Prometheus' names is added up, or left out with a line: one doubtful sample makes Prometheus reject
 * the whole scrape. The formats write what this returns.
 */
import { DataPointType, type MetricData, type ScopeMetrics } from '@opentelemetry/sdk-metrics';
import { bucketsOf, type Buckets } from '../../buckets.ts';
import type { Collected, Marks } from '../../collected.ts';
import type { Derived } from '../../derived.ts';
import * as diag from '../../diag.ts';
import { newest, type Exemplars } from '../../exemplars.ts';
import { createTotal } from '../../total.ts';
import { createLabels, type Labels, type Pair } from './labels.ts';
import type { Naming, Suffix } from './names.ts';
import { unitWords } from './units.ts';

export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'info';
  readonly help: string;
  /** The word of the unit, if it is the end of the name but for `_total`. */
  readonly unit: string;
  /** The scope whose instrument came first. */
  readonly scope: string;
  /** By labels, as text. */
  readonly series: Map<string, Value>;
  readonly exemplars: Map<string, Exemplars>;
}

export type Value = number | Buckets;

export interface Families {
  readonly naming: Naming;
  readonly withScope: boolean;
  readonly withTarget: boolean;
  /** OpenTelemetry's names of metrics that are not wanted. */
  readonly hidden: ReadonlySet<string>;
  /** Of the resource, on every series. */
  readonly constant: readonly Pair[];
  /** By scope and what is constant, so that what is known of a series outlives the scrape. */
  readonly labels: Map<string, Labels>;
}

/** Every name that a sample is written under, with the family that writes it. */
type Claims = Map<string, Family>;

/** Between two steps there is time for others. */
const STEP = 200;

/** Meters are few; those of a version each would not be. */
const MAX_LABELS = 1000;

export function* families(
  { resource, scopeMetrics }: Collected,
  derived: Iterable<Derived | undefined>,
  how: Families,
  isLate: () => boolean,
): Generator<void, readonly Family[]> {
  const claims: Claims = new Map();
  // While a detector still works, reading the attributes would complain; the next scrape has them.
  if (how.withTarget && resource.asyncAttributesPending !== true) {
    const target = familyOf('target_info', 'info', 'Target metadata', '', 'resource');
    target.series.set(createLabels(how.naming)(resource.attributes), 1);
    claim(claims, target);
  }
  // Meters answer in any order; of two that conflict the same one must win in every scrape.
  for (const { scope, metrics } of scopeMetrics.toSorted(byScope)) {
    const labels = labelsOf(how, how.withScope ? scopePairs(scope) : []);
    for (const metric of metrics) {
      if (how.hidden.has(metric.descriptor.name) || isLate()) continue;
      try {
        yield* add(claims, metric, scope.name, labels, how.naming);
      } catch (cause) {
        leaveOut(metric.descriptor.name, scope.name, diag.describe(cause));
      }
    }
  }
  const labels = labelsOf(how, []);
  for (const metric of derived) {
    if (isLate()) break;
    if (metric !== undefined) addDerived(claims, metric, labels);
    yield;
  }
  return [...claims].filter(([name, family]) => name === family.name).map(([, family]) => family);
}

function labelsOf({ naming, constant, labels: known }: Families, ofScope: readonly Pair[]): Labels {
  const key = ofScope.map(([, value]) => value).join('\n');
  let labels = known.get(key);
  if (labels === undefined) {
    labels = createLabels(naming, [...constant, ...ofScope]);
    if (known.size < MAX_LABELS) known.set(key, labels);
  }
  return labels;
}

const familyOf = (name: string, type: Family['type'], help: string, unit: string, scope: string): Family => ({
  name,
  type,
  help,
  unit,
  scope,
  series: new Map(),
  exemplars: new Map(),
});

function* add(claims: Claims, metric: MetricData, scope: string, labels: Labels, naming: Naming): Generator<void> {
  if (metric.dataPoints.length === 0) return;
  const { name: original, unit, description } = metric.descriptor;
  const [type, suffix] = typeOf(metric);
  const name = naming.metric(original, unit, suffix);
  if (name === '') return leaveOut(original, scope, 'Prometheus allows no character of its name');
  const help = description || `OpenTelemetry metric ${original}`;
  const family = claim(claims, familyOf(name, type, help, unitOf(name, unit), scope));
  if (family.name !== name || family.type !== type) {
    return leaveOut(
      original,
      scope,
      `as a ${type} ${name} it conflicts with the ${family.type} ${family.name} (${family.scope})`,
    );
  }
  const isAdditive = metric.dataPointType !== DataPointType.GAUGE;
  let step = 0;
  for (const point of metric.dataPoints) {
    const key = labels(point.attributes);
    const value = typeof point.value === 'number' ? point.value : bucketsOf(metric, point);
    const before = family.series.get(key);
    const now = before === undefined ? value : isAdditive ? sum(before, value) : undefined;
    if (now === undefined) leaveOut(original, scope, `another series of ${name} has the same labels {${key}}`);
    else {
      family.series.set(key, now);
      const exemplars = newest(family.exemplars.get(key), (point as Marks).exemplars);
      if (exemplars !== undefined) family.exemplars.set(key, exemplars);
    }
    if (++step % STEP === 0) yield;
  }
}

/** The application may measure under such a name itself: it knows better. */
function addDerived(claims: Claims, { name, type, help, series, exemplars }: Derived, labels: Labels): void {
  const made = familyOf(name, type, help, '', 'firstlight');
  const family = claim(claims, made);
  if (family !== made) {
    diag.debug(`${name} is not derived: the application has a ${family.type} of that name (${family.scope})`);
    return;
  }
  for (const [attributes, value] of series) family.series.set(labels(attributes), value);
  for (const [attributes, list] of exemplars ?? []) family.exemplars.set(labels(attributes), list);
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

function unitOf(name: string, unit: string): string {
  const [main, per] = unitWords(unit);
  const word = per === '' ? main : `${main}_per_${per}`;
  return word !== '' && name.replace(/_total$/, '').endsWith(`_${word}`) ? word : '';
}

/** Two series that Prometheus cannot tell apart, as one; undefined where they do not add up. */
function sum(a: Value, b: Value): Value | undefined {
  if (typeof a !== typeof b) return undefined;
  const total = createTotal();
  const isWhole = total.add(a) && total.add(b);
  return isWhole ? total.value() : undefined;
}

function scopePairs({ name, version = '', schemaUrl = '' }: ScopeMetrics['scope']): readonly Pair[] {
  return [
    ['otel_scope_name', name],
    ['otel_scope_version', version],
    ['otel_scope_schema_url', schemaUrl],
  ];
}

function byScope({ scope: a }: ScopeMetrics, { scope: b }: ScopeMetrics): number {
  const [x, y] = [`${a.name} ${a.version ?? ''}`, `${b.name} ${b.version ?? ''}`];
  return x < y ? -1 : x > y ? 1 : 0;
}

function leaveOut(metric: string, scope: string, why: string): void {
  diag.limited(`metric ${metric} ${scope}`, `metric ${metric} (${scope}) is not served on /metrics: ${why}`);
}
