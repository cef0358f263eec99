import type { Buckets } from '../buckets.ts';
import { within } from './requests.ts';

/**
 * (satisfied + tolerated / 2) / all: who waited for at most `threshold` seconds is satisfied, up to four times as long is
 * tolerated. 1 where nobody has asked. https://en.wikipedia.org/wiki/Apdex
 */
export function apdex(durations: Buckets, threshold: number): number {
  if (durations.count === 0) return 1;
  const satisfied = within(durations, threshold);
  return (satisfied + (within(durations, 4 * threshold) - satisfied) / 2) / durations.count;
}
