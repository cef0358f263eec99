import { expect, test, vi } from 'vitest';
import { createBackoff } from '../../src/delivery/backoff.ts';

test('waits longer and longer, up to ten seconds, and forgets with the first success', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  let now = 0;
  const backoff = createBackoff(() => now);
  expect([backoff.remaining(), backoff.isBackingOff()]).toEqual([0, false]);
  const waits = Array.from({ length: 8 }, () => {
    backoff.failed(undefined);
    const wait = backoff.remaining();
    now += wait;
    return wait;
  });
  expect(waits).toEqual([1000, 1500, 2250, 3375, 5063, 7594, 10_000, 10_000]);
  backoff.reset();
  expect([backoff.remaining(), backoff.isBackingOff()]).toEqual([0, false]);
  vi.restoreAllMocks();
});

test('jitter is a fifth in both directions', () => {
  const backoff = (random: number): number => {
    vi.spyOn(Math, 'random').mockReturnValue(random);
    const one = createBackoff(() => 0);
    one.failed(undefined);
    return one.remaining();
  };
  expect([backoff(0), backoff(1)]).toEqual([800, 1200]);
  vi.restoreAllMocks();
});

test('of many requests that fail together one counts', () => {
  const backoff = createBackoff(() => 0);
  for (let i = 0; i < 8; i++) backoff.failed(undefined);
  expect(backoff.remaining()).toBeLessThanOrEqual(1200);
});

test('a receiver that asks to come back at once is not taken at its word', () => {
  const backoff = createBackoff(() => 0);
  backoff.failed(0);
  expect(backoff.remaining()).toBeGreaterThanOrEqual(800);
});

test('what the receiver asks for beats it, and somebody who flushes does not wait', () => {
  const backoff = createBackoff(() => 0);
  backoff.failed(30_000);
  expect(backoff.remaining()).toBe(30_000);
  backoff.tryNow();
  expect([backoff.remaining(), backoff.isBackingOff()]).toEqual([0, true]);
});
