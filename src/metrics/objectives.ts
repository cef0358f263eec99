/** How well service level objectives are met, since the start of the process. Rules of Prometheus look at other windows. */
import type { Buckets } from '../buckets.ts';
import type { LatencyObjective } from '../config/objectives.ts';
import type { ByName } from './derivation.ts';
import { isServerError, requestDurations, within } from './requests.ts';

export interface Objectives {
  /** 0 to 1: the share of requests that do not fail with 5xx. */
  readonly availability?: number;
  readonly latency: readonly LatencyObjective[];
}

export interface Met {
  /** `availability`, `latency_500ms` */
  readonly slo: string;
  readonly objective: number;
  /** The share that is good, 1 where nobody has asked. */
  readonly ratio: number;
  /** The share of what may be bad that is left; less than 0 where there is more than may be. */
  readonly budget: number;
}

/** `all`: the durations of all server requests. */
export function met({ availability, latency }: Objectives, all: Buckets, metrics: ByName): readonly Met[] {
  const share = (good: number): number => (all.count === 0 ? 1 : good / all.count);
  const list: Met[] = [];
  if (availability !== undefined) {
    const failed = requestDurations(metrics, isServerError).count;
    list.push(one('availability', availability, share(all.count - failed)));
  }
  for (const { objective, within: limit } of latency) {
    list.push(one(`latency_${limit}ms`, objective, share(within(all, limit / 1000))));
  }
  return list;
}

const one = (slo: string, objective: number, ratio: number): Met => ({
  slo,
  objective,
  ratio,
  budget: 1 - (1 - ratio) / (1 - objective),
});
