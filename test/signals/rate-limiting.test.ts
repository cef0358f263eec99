import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { createRateLimitingSampler } from '../../src/signals/rate-limiting.ts';

/** A sampler on a clock of the test's own; `take(n)` says how many of n spans it samples at this moment. */
function limited(perSecond: number) {
  let time = 1000;
  const sampler = createRateLimitingSampler(perSecond, () => time);
  const one = () => sampler.shouldSample(ROOT_CONTEXT, '', '', SpanKind.INTERNAL, {}, []).decision;
  return {
    wait: (ms: number) => void (time += ms),
    take: (n: number) =>
      Array.from({ length: n }, one).filter((made) => made === SamplingDecision.RECORD_AND_SAMPLED).length,
    sampler,
  };
}

test('one second’s worth may come at once', () => {
  expect(limited(5).take(100)).toBe(5);
});

test('what was taken comes back with time, and never more than a second’s worth', () => {
  const { take, wait } = limited(10);
  expect(take(10)).toBe(10);
  wait(300);
  expect(take(10)).toBe(3);
  wait(3_600_000);
  expect(take(1000)).toBe(10);
});

test('in the long run the rate holds, however unevenly spans come', () => {
  const { take, wait } = limited(7);
  let sampled = take(0);
  for (let i = 0; i < 1000; i++) {
    wait((i * 37) % 100);
    sampled += take(5);
  }
  const seconds = Array.from({ length: 1000 }, (_, i) => (i * 37) % 100).reduce((a, b) => a + b) / 1000;
  expect(Math.abs(sampled - 7 * seconds)).toBeLessThanOrEqual(7);
});

test('less than one a second lets the first span through at once, then waits', () => {
  const { take, wait } = limited(0.1);
  expect(take(3)).toBe(1);
  wait(9_000);
  expect(take(3)).toBe(0);
  wait(1_001);
  expect(take(3)).toBe(1);
});

test('a rate of zero samples nothing', () => {
  const { take, wait } = limited(0);
  expect(take(3)).toBe(0);
  wait(100_000);
  expect(take(3)).toBe(0);
});

test('it names itself', () => {
  expect(limited(5).sampler.toString()).toBe('RateLimiting{5}');
});
