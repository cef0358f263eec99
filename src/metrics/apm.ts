/** The page `/api/v1/metrics/apm`: how the server requests since the start of the process went, in numbers. */
import type { Attributes } from '@opentelemetry/api';
import { bucketsOf, type Buckets } from '../buckets.ts';
import type { Collected } from '../collected.ts';
import { createTotal } from '../total.ts';
import { apdex } from './apdex.ts';
import { byName } from './derivation.ts';
import { met, type Met, type Objectives } from './objectives.ts';
import { durationsOf } from './requests.ts';

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

/** Whoever has more endpoints looks at them in Prometheus. */
const MAX_ENDPOINTS = 100;

/** `uptime`: seconds. */
export function apm({ scopeMetrics }: Collected, uptime: number, { apdexThreshold, objectives }: ApmOptions): Apm {
  const metrics = byName(scopeMetrics);
  const all = createTally();
  const endpoints = new Map<string, Tally>();
  for (const metric of metrics.get('http.server.request.duration') ?? []) {
    for (const point of metric.dataPoints) {
      if (typeof point.value === 'number') continue;
      const buckets = bucketsOf(metric, point);
      const name = endpointOf(point.attributes);
      let endpoint = endpoints.get(name);
      if (endpoint === undefined && endpoints.size < MAX_ENDPOINTS) endpoints.set(name, (endpoint = createTally()));
      for (const tally of [all, endpoint]) tally?.add(point.attributes, buckets, point.value);
    }
  }
  return {
    ...all.summary(uptime, apdexThreshold),
    since_start: Math.round(uptime),
    endpoints: Object.fromEntries([...endpoints].map(([name, tally]) => [name, tally.summary(uptime, apdexThreshold)])),
    objectives: met(objectives, all.durations(), metrics),
  };
}

const endpointOf = (attributes: Attributes): string =>
  `${String(attributes['http.request.method'])} ${String(attributes['http.route'] ?? 'unmatched')}`;

interface Extremes {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

interface Tally {
  durations(): Buckets;
  add(attributes: Attributes, durations: Buckets, extremes: Extremes): void;
  summary(uptime: number, threshold: number): Summary;
}

function createTally(): Tally {
  const total = createTotal();
  const failed = { server: 0, client: 0, aborted: 0 };
  let least = Infinity;
  let most = -Infinity;
  return {
    durations: () => durationsOf(total),
    add({ 'http.response.status_code': status }, durations, { min = Infinity, max = -Infinity }) {
      total.add(durations);
      least = Math.min(least, min);
      most = Math.max(most, max);
      if (status === undefined) failed.aborted += durations.count;
      else if (Number(status) >= 500) failed.server += durations.count;
      else if (Number(status) >= 400) failed.client += durations.count;
    },
    summary(uptime, threshold) {
      const durations = durationsOf(total);
      const { count, sum = 0 } = durations;
      const share = (n: number): number => (count === 0 ? 0 : n / count);
      // Nobody knows where in its bucket a request was, but that it was between these two.
      const estimate = (q: number): number | null => {
        const estimated = quantile(durations, q);
        return estimated === null || most < least ? estimated : Math.max(least, Math.min(estimated, most));
      };
      return {
        requests: count,
        response_times: {
          p50: estimate(0.5),
          p95: estimate(0.95),
          p99: estimate(0.99),
          max: most < least ? null : most,
          min: most < least ? null : least,
          avg: count === 0 ? null : sum / count,
        },
        throughput: uptime > 0 ? count / uptime : 0,
        error_rates: {
          server: share(failed.server),
          client: share(failed.client),
          aborted: share(failed.aborted),
        },
        apdex_score: apdex(durations, threshold),
      };
    },
  };
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
