/** Every span, log record and last value arrives, however the process ends. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { arrived, expected, once } from './arrived.ts';
import { testEachWay } from './each-way.ts';
import { end } from './ending.ts';
import type { Way } from './ways.ts';

let collector: Collector;
beforeAll(async () => {
  collector = await startCollector();
});
afterEach(() => collector.clear());
afterAll(() => collector.close());

async function expectAll(way: Way): Promise<void> {
  const { diagnostics } = await end(way, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  const all = arrived(collector);
  expect(way.again === true ? once(all) : all).toEqual(expected(way));
  expect(diagnostics).toEqual([]);
}

testEachWay(expectAll);

describe('a script', () => {
  const work = Array.from({ length: 5000 }, (_, n) => `${n + 1}`);

  test.each(['natural', 'exit'])('of 5,000 spans: %s', (how) =>
    // Full batches leave at once, and may be on their way when the script is over.
    expectAll({ name: 'many', args: ['many.cjs', '5000', how], requests: [], work, again: true }),
  );
});
