import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import { createDepths } from '../../src/metrics/queue-depth.ts';
import { createLags } from '../../src/metrics/queue-lag.ts';
import { createPullReader } from '../../src/signals/pull-reader.ts';

function started() {
  const { reader, collect } = createPullReader('always_off');
  const values = async (): Promise<unknown[]> => {
    const { scopeMetrics } = await collect(1000);
    return scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap(({ dataPoints }) => dataPoints.map(({ value }) => value as number)),
    );
  };
  return { meter: new MeterProvider({ readers: [reader] }).getMeter('test'), values };
}

const failed = (cause: unknown): void => {
  throw cause;
};

test('a queue for each request: those that are gone make room, though nobody asks for metrics', async () => {
  const { meter, values } = started();
  const depth = createDepths(meter);
  let gone = 0;
  const alive = 10;
  for (let made = 0; made < 5000; made++) {
    const attributes = { queue: String(made) };
    depth({
      read: () => [{ attributes, messages: made }],
      isGone() {
        const isGone = made < 5000 - alive;
        if (isGone) gone++;
        return isGone;
      },
      failed,
    });
  }
  expect(gone).toBeGreaterThanOrEqual(4000);
  expect(await values()).toEqual(Array.from({ length: alive }, (_, at) => 5000 - alive + at));
  expect(gone).toBe(5000 - alive);
});

test('of a thousand and more queues a thousand are measured, and one that ends makes room', async () => {
  const { meter, values } = started();
  const depth = createDepths(meter);
  const queue = (at: number) => depth({ read: () => [{ attributes: { queue: String(at) }, messages: at }], failed });
  const ends = Array.from({ length: 1010 }, (_, at) => queue(at));
  expect(await values()).toHaveLength(1000);
  ends[1005]?.();
  expect(await values()).toHaveLength(1000);
  ends[0]?.();
  queue(2000);
  expect((await values()).at(-1)).toBe(2000);
});

test('of a thousand and more consumers the lag of a thousand is measured', async () => {
  const { meter, values } = started();
  const lag = createLags(meter);
  for (let at = 0; at < 1010; at++) lag(() => [{ queue: 'orders', group: String(at), messages: 1 }]);
  expect(await values()).toHaveLength(1000);
});
