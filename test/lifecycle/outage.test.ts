/** Outages of a few seconds lose nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Mode } from '../support/faulty-collector.ts';
import { expectAllOf, QUICK, withSteady } from './outages.ts';
import { imbalances, total } from './steady.ts';
import { nameOf } from './troubles.ts';

test.concurrent('8 s without a collector from the start', () =>
  withSteady('down', QUICK, async (collector, app) => {
    await sleep(8000);
    await expectAllOf(collector, app);
  }));

const OUTAGES: readonly [mode: Mode, ms: number][] = [
  ['down', 5000],
  ['hung', 4000],
  [{ status: 429, retryAfter: 1 }, 4000],
  [{ status: 429 }, 3000],
  [{ status: 503 }, 4000],
  ['reset', 3000],
];

describe.each(['http/protobuf', 'grpc'])('an outage in the middle, %s', (protocol) => {
  test.concurrent.each(OUTAGES.map(([mode, ms]) => [nameOf(mode), mode, ms] as const))('%s', (_name, mode, ms) =>
    withSteady('ok', { ...QUICK, OTEL_EXPORTER_OTLP_PROTOCOL: protocol }, async (collector, app) => {
      await app.until((shown) => total(shown, 'traces').delivered > 0);
      await collector.become(mode);
      await sleep(ms);
      expect(imbalances(app.last())).toEqual([]);
      await expectAllOf(collector, app);
    }),
  );
});
