/** With the preload every end looks as it does in plain Node: code, signal, and each byte the application writes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { testEachWay } from './each-way.ts';
import { end, shown } from './ending.ts';
import type { Way } from './ways.ts';

let collector: Collector;
beforeAll(async () => {
  collector = await startCollector();
});
afterAll(() => collector.close());

async function expectParity(way: Way): Promise<void> {
  const [plain, seen] = await Promise.all([
    end(way, { preload: false }),
    end(way, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } }),
  ]);
  expect(shown(seen, way)).toEqual(shown(plain, way));
  expect(seen.diagnostics).toEqual([]);
}

const listeners: Way = { name: 'listeners', args: ['listeners.cjs'], requests: [], work: [] };

test('the application sees its own listeners alone', () => expectParity(listeners));

testEachWay(expectParity);
