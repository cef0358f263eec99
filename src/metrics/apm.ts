/** The page `/api/v1/metrics/apm`: how the server requests since the start of the process went, in numbers. */
import type { Attributes } from '@opentelemetry/api';
import type { Collected } from '../collected.ts';
import type { Buckets } from '../buckets.ts';
import { apdex } from './apdex.ts';
import { met, type Met, type Objectives } from './objectives.ts';
import { isServerError, requestDurations } from './requests.ts';
import { byName, type ByName } from './rules.ts';

/** Seconds; of a quantile the estimate that Prometheus' `histogram_quantile` would give. Null: nobody has asked yet. */
export interface ResponseTimes {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  readonly min: number | null;
  readonly avg: number | null;
}

export interface Summary {
  readonly requests: number;
  readonly response_times: ResponseTimes;
  /** Requests a second. */
  readonly throughput: number;
  /** Shares of all requests: 5xx, 4xx, and those that were not answered. */
  readonly error_rates: { readonly server: number; readonly client: number; readonly aborted: number };
  readonly apdex_score: number;
}

export interface Apm extends Summary {
  /** Seconds that all of this is about. */
  readonly since_start: number;
  readonly endpoints: Readonly<Record<string, Summary>>;
  readonly objectives: readonly Met[];
}

export interface ApmOptions {
  /** Seconds. */
  readonly apdexThreshold: number;
  readonly objectives: Objectives;
}

/** `uptime`: seconds. */
export function apm({ scopeMetrics }: Collected, uptime: number, { apdexThreshold, objectives }: ApmOptions): Apm {
  const metrics = byName(scopeMetrics);
  const summary = (isCounted: (attributes: Attributes) => boolean): Summary =>
    summarize(metrics, isCounted, uptime, apdexThreshold);
  const endpoints = new Map<string, (attributes: Attributes) => boolean>();
  for (const { attributes } of points(metrics)) {
    const name = endpointOf(attributes);
    if (endpoints.size < MAX_ENDPOINTS) endpoints.set(name, (of) => endpointOf(of) === name);
  }
  return {
    ...summary(() => true),
    since_start: Math.round(uptime),
    endpoints: Object.fromEntries([...endpoints].map(([name, isOf]) => [name, summary(isOf)])),
    objectives: met(objectives, metrics),
  };
}

/** Whoever has more looks at them in Prometheus. */
const MAX_ENDPOINTS = 100;

interface Point {
  readonly attributes: Attributes;
  readonly value: number | { readonly min?: number; readonly max?: number };
}

const points = (metrics: ByName): readonly Point[] =>
  (metrics.get('http.server.request.duration') ?? []).flatMap(({ dataPoints }): readonly Point[] => dataPoints);

const endpointOf = (attributes: Attributes): string =>
  `${String(attributes['http.request.method'])} ${String(attributes['http.route'] ?? 'unmatched')}`;

function summarize(
  metrics: ByName,
  isCounted: (attributes: Attributes) => boolean,
  uptime: number,
  threshold: number,
): Summary {
  const durations = requestDurations(metrics, isCounted);
  const { count, sum = 0 } = durations;
  const share = (isOne: (attributes: Attributes) => boolean): number =>
    count === 0 ? 0 : requestDurations(metrics, (of) => isCounted(of) && isOne(of)).count / count;
  const extremes = points(metrics)
    .filter(({ attributes }) => isCounted(attributes))
    .flatMap(({ value }) => (typeof value === 'number' ? [] : [value]));
  const max = known(
    extremes.map((point) => point.max),
    Math.max,
  );
  const min = known(
    extremes.map((point) => point.min),
    Math.min,
  );
  const estimate = (q: number): number | null => {
    const value = quantile(durations, q);
    return value === null ? null : Math.max(min ?? value, Math.min(value, max ?? value));
  };
  return {
    requests: count,
    response_times: {
      p50: estimate(0.5),
      p95: estimate(0.95),
      p99: estimate(0.99),
      max,
      min,
      avg: count === 0 ? null : sum / count,
    },
    throughput: uptime > 0 ? count / uptime : 0,
    error_rates: {
      server: share(isServerError),
      client: share(({ 'http.response.status_code': code = 0 }) => Number(code) >= 400 && Number(code) < 500),
      aborted: share(({ 'http.response.status_code': code }) => code === undefined),
    },
    apdex_score: apdex(durations, threshold),
  };
}

function known(values: readonly (number | undefined)[], of: (...values: number[]) => number): number | null {
  const given = values.filter((value) => value !== undefined);
  return given.length === 0 ? null : of(...given);
}

/** Linear within the bucket that it falls into; in the last, which has no end, where that begins. */
function quantile({ bounds, counts, count }: Buckets, q: number): number | null {
  if (count === 0) return null;
  const rank = q * count;
  const index = counts.findIndex((upTo) => upTo >= rank);
  if (index < 0) return bounds.at(-1) ?? null;
  const [start, below] = index === 0 ? [0, 0] : [bounds[index - 1]!, counts[index - 1]!];
  const inside = counts[index]! - below;
  return start + (bounds[index]! - start) * (inside === 0 ? 1 : (rank - below) / inside);
}
