import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { watchEventLoop, type EventLoop } from '../../src/instrumentations/event-loop.ts';

let loop: EventLoop | undefined;
afterEach(() => loop?.stop());

/** Milliseconds for some samples. */
const SAMPLES = 50;

function block(milliseconds: number): void {
  for (const until = performance.now() + milliseconds; performance.now() < until;);
}

test('before the first sample there is no delay', () => {
  loop = watchEventLoop(10);
  expect(loop.delay()).toBeUndefined();
});

test('a block that lasts through the change of a window is seen after it, and forgotten three steps later', async () => {
  const step = 500;
  loop = watchEventLoop(10, step);
  await sleep(step - 100);
  block(1000);
  await sleep(SAMPLES);
  for (let i = 0; i < 3; i++) expect(loop.delay()?.max).toBeGreaterThanOrEqual(0.98);
  expect(loop.utilization()).toBeGreaterThan(0.5);
  await expect.poll(() => loop?.delay()?.max, { timeout: 10_000 }).toBeLessThan(0.9);
});

test('a block is still seen a step later, and time and utilization are of the whole of it', async () => {
  const step = 500;
  loop = watchEventLoop(10, step);
  const before = loop.time();
  await sleep(SAMPLES);
  block(1000);
  await sleep(step + SAMPLES);
  expect(loop.delay()?.max).toBeGreaterThanOrEqual(0.98);
  expect(loop.time().active - before.active).toBeGreaterThanOrEqual(0.99);
  expect(loop.time().idle - before.idle).toBeGreaterThan(0.1);
});

test('stopped, it samples no more', async () => {
  loop = watchEventLoop(10);
  await sleep(SAMPLES);
  loop.stop();
  block(500);
  await sleep(SAMPLES);
  expect(loop.delay()?.max ?? 0).toBeLessThan(0.45);
});
