/** What cannot be delivered is counted, and said in one line; an answer without an end costs nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { FaultyCollector, Mode } from '../support/faulty-collector.ts';
import { expectAllOf, isEmpty, QUICK, RATE, withSteady } from './outages.ts';
import { imbalances, total, type Steady } from './steady.ts';

/** One line in `ms`, which names the collector; of what is dropped one for each of `signals`. */
function expectOneLine(collector: FaultyCollector, app: Steady, ms: number, signals = ['']): void {
  const { host } = new URL(collector.url);
  const expected = signals.map((signal) => expect.stringMatching(new RegExp(`${signal}.*${host}`)) as string);
  expect(app.lines.map(({ text }) => text).toSorted()).toEqual(expected);
  expect(app.lines[0]?.text).toMatch(/^firstlight: /);
  expect(app.lines[0]?.at).toBeLessThan(ms);
}

describe.concurrent('what is refused is dropped and counted, and said in one line within 10 s', () => {
  test.each<[string, Mode]>([
    ['status 400', { status: 400 }],
    ['status 404', { status: 404 }],
    ['redirect', 'redirect'],
  ])('%s', (_name, mode) =>
    withSteady(mode, {}, async (collector, app) => {
      await app.until((shown) => total(shown, 'traces').dropped > 0 && total(shown, 'logs').dropped > 0, 15_000);
      expectOneLine(collector, app, 10_000, ['logs', 'traces']);
      // The next ones are of the same kind.
      await sleep(3000);
      expectOneLine(collector, app, 10_000, ['logs', 'traces']);
      expect(app.shown.flatMap(imbalances)).toEqual([]);
      expect(total(app.last(), 'traces').delivered).toBe(0);
      expect(collector.elsewhere.requests).toEqual([]);
    }),
  );
});

describe.concurrent('an answer of somebody else is none, and said in one line within 10 s', () => {
  test.each<[string, Mode]>([
    ['garbage', 'garbage'],
    ['wrong-type', 'wrong-type'],
    ['truncated', 'truncated'],
  ])('%s', (_name, mode) =>
    withSteady(mode, {}, async (collector, app) => {
      await sleep(11_000);
      expectOneLine(collector, app, 10_000);
      expect(app.shown.flatMap(imbalances)).toEqual([]);
      expect(total(app.last(), 'traces').delivered).toBe(0);
      await expectAllOf(collector, app);
    }),
  );
});

test.concurrent('what finds the queue full is dropped, counted and said; what is in it arrives', () =>
  withSteady('down', { ...QUICK, FIRSTLIGHT_QUEUE_SIZE: '65536' }, async (collector, app) => {
    await app.until((shown) => total(shown, 'traces').dropped > RATE && total(shown, 'logs').dropped > RATE);
    expect(app.lines.map(({ text }) => text)).toContainEqual(expect.stringContaining('FIRSTLIGHT_QUEUE_SIZE'));
    await collector.become('ok');
    await app.until(isEmpty);
    await app.end();
    expect(app.shown.flatMap(imbalances)).toEqual([]);
    for (const signal of ['traces', 'logs'] as const) {
      const { ended, delivered, dropped } = total(app.last(), signal);
      expect(ended).toBe(app.last().made);
      expect(delivered).toBe(collector.accepted(signal));
      expect(app.last().delivery[signal][0]?.dropped).toEqual({ queue_full: dropped });
    }
  }));

test.concurrent('what has waited too long is given up, counted and said', () =>
  withSteady('down', { ...QUICK, FIRSTLIGHT_QUEUE_MAX_AGE: '3000' }, async (collector, app) => {
    await app.until((shown) => total(shown, 'traces').dropped > RATE);
    expect(app.last().delivery.traces[0]?.dropped).toEqual({ expired: total(app.last(), 'traces').dropped });
    await collector.become('ok');
    await app.until(isEmpty);
    const { diagnostics } = await app.end();
    const { delivered, dropped } = total(app.last(), 'traces');
    expect(delivered).toBe(collector.accepted('traces'));
    expect(app.shown.flatMap(imbalances)).toEqual([]);
    expect(diagnostics.at(-1)).toMatch(new RegExp(`lost .*${dropped} of \\d+ spans \\(expired\\)`));
  }));

test.concurrent('what a collector takes in part is counted as that', () =>
  withSteady({ partial: 3, message: 'three too many' }, QUICK, async (collector, app) => {
    await app.until((shown) => total(shown, 'traces').dropped >= 9);
    await app.end();
    const { delivered, dropped } = total(app.last(), 'traces');
    expect(delivered).toBe(collector.accepted('traces'));
    expect(delivered + dropped).toBe(collector.spans().length);
    expect(app.lines.map(({ text }) => text)).toContainEqual(expect.stringContaining('three too many'));
  }));

const MB = 1e6;

test.concurrent.each(['drip', 'huge'] as const)('an answer that never ends takes neither time nor memory: %s', (mode) =>
  withSteady('ok', QUICK, async (collector, app) => {
    await app.until((shown) => total(shown, 'traces').delivered > 2 * RATE);
    const before = app.last();
    await collector.become(mode);
    await sleep(8000);
    // Given up, and tried again or dropped: not one request that lasts.
    const tried = collector.attempts.filter((attempt) => attempt.mode === mode && attempt.request.signal === 'traces');
    expect(tried.length).toBeGreaterThan(1);
    const during = app.last();
    expect(during.rss - before.rss).toBeLessThan(64 * MB);
    if (mode === 'huge') expect(collector.bytesTaken / collector.attempts.length).toBeLessThan(16 * MB);
    // It is the application's loop that reads: it must keep its pace.
    expect(during.made - before.made).toBeGreaterThan(6 * RATE);
    await collector.become('ok');
    await app.until(isEmpty);
    expect(app.shown.flatMap(imbalances)).toEqual([]);
  }),
);

/** Sums of `/metrics` by name, of those series that pass. */
async function scrape(admin: string, name: string, passes: (labels: string) => boolean = () => true): Promise<number> {
  const text = await (await fetch(`${admin.replace('0.0.0.0', '127.0.0.1')}/metrics`)).text();
  const series = [...text.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\S+)$`, 'gm'))];
  return series.filter(([, labels = '']) => passes(labels)).reduce((sum, [, , value]) => sum + Number(value), 0);
}

test.concurrent('the accounts stand on /metrics too', () =>
  withSteady('ok', QUICK, async (collector, app) => {
    const { admin = '' } = await app.until(
      (shown) => shown.admin !== undefined && total(shown, 'traces').delivered > RATE,
    );
    await collector.become({ status: 400 });
    await app.until((shown) => total(shown, 'traces').dropped > 0);
    // From now on no batch comes to its end: the figures stand still.
    await collector.become('hung');
    await sleep(600);
    const before = app.last();
    const exported = 'otel_sdk_exporter_span_exported_total';
    const delivered = await scrape(admin, exported, (labels) => !labels.includes('error_type'));
    const rejected = await scrape(admin, exported, (labels) => labels.includes('error_type="rejected"'));
    const processed = await scrape(admin, 'otel_sdk_processor_span_processed_total');
    const waiting =
      (await scrape(admin, 'otel_sdk_processor_span_queue_size')) +
      (await scrape(admin, 'otel_sdk_exporter_span_inflight'));
    const { length } = app.shown;
    // The next one may have been on its way already.
    const { made } = await app.until(() => app.shown.length > length + 1);
    expect(delivered).toBe(collector.accepted('traces'));
    expect(rejected).toBe(total(app.last(), 'traces').dropped);
    expect(processed + waiting).toBeGreaterThanOrEqual(before.made);
    expect(processed + waiting).toBeLessThanOrEqual(made);
  }));
