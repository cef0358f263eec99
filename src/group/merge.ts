/**
 * What several processes and threads have collected, as if one had. Counters, up-down counters and histograms add up; of
 * gauges each is shown, with the attribute `worker`, or what the catalogue says. Pure: what comes out can go in again, and
 * no order of merging changes the result.
 */
import { DataPointType, type MetricData, type ScopeMetrics } from '@opentelemetry/sdk-metrics';
import { addPoint, dataOf, STEP, type Across, type Metric, type Point } from './series.ts';

export interface Part {
  readonly scopeMetrics: Iterable<ScopeMetrics>;
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

export const merge = (parts: readonly Part[], options: MergeOptions): ScopeMetrics[] =>
  inOneGo(mergeSteps(parts, options));

/** Where nobody else has a turn any more, or there is little to do. */
export function inOneGo<T>(steps: Generator<void, T>): T {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** The same, in steps. */
export function* mergeSteps(parts: readonly Part[], options: MergeOptions): Generator<void, ScopeMetrics[]> {
  const scopes = new Map<string, { readonly scope: ScopeMetrics['scope']; readonly metrics: Map<string, Metric> }>();
  // What is taken away must be there.
  for (const part of [...parts].sort((a, b) => Number(a.minus ?? false) - Number(b.minus ?? false))) {
    for (const { scope, metrics } of part.scopeMetrics) {
      const name = JSON.stringify([scope.name, scope.version]);
      let known = scopes.get(name);
      if (known === undefined) scopes.set(name, (known = { scope, metrics: new Map() }));
      for (const data of metrics) {
        yield* addMetric(known.metrics, data, part, options);
        yield;
      }
    }
  }
  const merged: ScopeMetrics[] = [];
  for (const { scope, metrics } of scopes.values()) {
    const all: MetricData[] = [];
    for (const metric of metrics.values()) {
      if (metric.series.size > 0) all.push(yield* dataOf(metric));
      yield;
    }
    merged.push({ scope, metrics: all });
  }
  return merged;
}

/** What must not be lost with a process: counters and histograms. */
export const sumsOf = (scopeMetrics: readonly ScopeMetrics[]): ScopeMetrics[] =>
  scopeMetrics.map(({ scope, metrics }) => ({ scope, metrics: metrics.filter(onlyGrows) }));

const onlyGrows = (data: MetricData): boolean =>
  data.dataPointType === DataPointType.SUM ? data.isMonotonic : data.dataPointType !== DataPointType.GAUGE;

function* addMetric(
  metrics: Map<string, Metric>,
  data: MetricData,
  part: Part,
  options: MergeOptions,
): Generator<void, void> {
  const sums = onlyGrows(data);
  if (!sums && (part.worker === undefined || part.minus === true)) return;
  const { name, unit } = data.descriptor;
  const kind = data.dataPointType === DataPointType.SUM ? data.isMonotonic : '';
  const id = JSON.stringify([name, unit, data.dataPointType, kind]);
  let metric = metrics.get(id);
  if (metric === undefined) metrics.set(id, (metric = { data, series: new Map() }));
  const usual = data.dataPointType === DataPointType.GAUGE ? 'each' : 'sum';
  const across = sums ? 'sum' : (options.acrossOf(name) ?? usual);
  let count = 0;
  for (const point of data.dataPoints as readonly Point[]) {
    if (++count % STEP === 0) yield;
    if (!addPoint(metric, across === 'each' ? ofWorker(point, part.worker ?? '') : point, across, part.minus ?? false))
      options.leftOut?.(name);
  }
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
