/** The server requests of all that was collected, as one histogram. */
import type { Attributes } from '@opentelemetry/api';
import { bucketsOf, type Buckets } from '../buckets.ts';
import { createTotal, type Total } from '../total.ts';
import type { ByName } from './derivation.ts';

const NO_REQUESTS: Buckets = { bounds: [], counts: [], count: 0, sum: 0 };

/** Those that `isCounted`. Where a view has given them other bounds in places, the first bounds count. */
export function requestDurations(metrics: ByName, isCounted: (attributes: Attributes) => boolean = all): Buckets {
  const total = createTotal();
  for (const metric of metrics.get('http.server.request.duration') ?? []) {
    for (const point of metric.dataPoints) {
      if (typeof point.value !== 'number' && isCounted(point.attributes)) total.add(bucketsOf(metric, point));
    }
  }
  return durationsOf(total);
}

/** What durations add up to. */
export function durationsOf(total: Total): Buckets {
  const durations = total.value();
  return durations === undefined || typeof durations === 'number' ? NO_REQUESTS : durations;
}

const all = (): boolean => true;

/** Failed by the server's own doing. */
export const isServerError = (attributes: Attributes): boolean =>
  Number(attributes['http.response.status_code'] ?? 0) >= 500;

/** How many took at most so many seconds; exact where that is a bound. */
export function within({ bounds, counts, count }: Buckets, seconds: number): number {
  if (count === 0) return 0;
  const index = bounds.findLastIndex((bound) => bound <= seconds);
  return index < 0 ? 0 : counts[index]!;
}
