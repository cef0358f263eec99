import { performance } from 'node:perf_hooks';
import { SamplingDecision, type Sampler, type SamplingResult } from '@opentelemetry/sdk-trace';

const YES: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED };
const NO: SamplingResult = { decision: SamplingDecision.NOT_RECORD };

/**
 * At most `perSecond` spans a second on average, as a token bucket: one second's worth may come at once, and with less
 * than one a second the first span need not wait. `now` is monotonic, in milliseconds.
 */
export function createRateLimitingSampler(perSecond: number, now: () => number = () => performance.now()): Sampler {
  const capacity = perSecond > 0 ? Math.max(1, perSecond) : 0;
  let tokens = capacity;
  let last = now();
  return {
    shouldSample() {
      const time = now();
      tokens = Math.min(capacity, tokens + ((time - last) / 1000) * perSecond);
      last = time;
      if (tokens < 1) return NO;
      tokens -= 1;
      return YES;
    },
    toString: () => `RateLimiting{${perSecond}}`,
  };
}
