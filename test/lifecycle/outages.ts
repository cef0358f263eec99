/** An application at work, and a collector in trouble for a while. */
import { expect } from 'vitest';
import type { Signal } from '../support/collector.ts';
import { startFaultyCollector, type FaultyCollector, type Mode } from '../support/faulty-collector.ts';
import { imbalances, lostAndDoubled, startSteady, total, type Shown, type Steady } from './steady.ts';

export const RATE = 100;
/** Batches leave often, so that seconds are enough. */
export const QUICK = {
  OTEL_BSP_SCHEDULE_DELAY: '500',
  OTEL_BLRP_SCHEDULE_DELAY: '500',
  OTEL_METRIC_EXPORT_INTERVAL: '2000',
  OTEL_METRIC_EXPORT_TIMEOUT: '1000',
  OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
};
const SIGNALS: readonly Signal[] = ['traces', 'logs', 'metrics'];

/** The collector and the application are gone afterwards. */
export async function withSteady(
  first: Mode,
  env: Readonly<Record<string, string>>,
  work: (collector: FaultyCollector, app: Steady) => Promise<void>,
): Promise<void> {
  const collector = await startFaultyCollector();
  await collector.become(first);
  const app = await startSteady(collector, { rate: RATE, env });
  try {
    await work(collector, app);
  } finally {
    await app.end().catch(() => {});
    await collector.close();
  }
}

export const isEmpty = (shown: Shown): boolean =>
  total(shown, 'metrics').queued === 0 && total(shown, 'traces').queued + total(shown, 'logs').queued < RATE;

/** The end of an outage, and of the application: nothing was lost, and the accounts say so. */
export async function expectAllOf(collector: FaultyCollector, app: Steady): Promise<void> {
  await collector.become('ok');
  await app.until(isEmpty);
  const { diagnostics } = await app.end();
  expect(diagnostics.filter((line) => line.includes('lost'))).toEqual([]);
  const { made } = app.last();
  expect(lostAndDoubled(collector.spans(), made)).toEqual({ lost: 0, doubled: 0 });
  expect(new Set(collector.logs().map(({ body }) => body)).size).toBe(made);
  expect(app.shown.flatMap(imbalances)).toEqual([]);
  for (const signal of SIGNALS) {
    const { ended, delivered, queued, dropped } = total(app.last(), signal);
    expect({ signal, dropped }).toEqual({ signal, dropped: 0 });
    // Metrics are collected once more at the very end, after the accounts were shown.
    if (signal === 'metrics') continue;
    expect({ signal, queued, delivered }).toEqual({ signal, queued: 0, delivered: ended });
    expect(delivered).toBe(collector.accepted(signal));
  }
}
