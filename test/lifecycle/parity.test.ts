/** With the preload every end looks as it does in plain Node: code, signal, and each byte the application writes. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { installedApp, INSTALL_TIMEOUT } from '../support/install.ts';
import { end, shown } from './ending.ts';
import {
  asPid1,
  byItself,
  byLibrary,
  bySignal,
  fixtures,
  mayBePid1,
  ofSeveral,
  underParents,
  type Way,
} from './ways.ts';

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

describe('by itself', () => {
  test.each(byItself)('$name', expectParity);
});

describe('by a signal', () => {
  test.each(bySignal)('$name', expectParity);
});

describe('below another program', () => {
  test.each(underParents)('$name', expectParity);
});

describe('as PID 1', () => {
  (mayBePid1 ? test : test.skip).each(asPid1)('$name', expectParity);
});

describe('of several threads and processes', () => {
  test.each(ofSeveral)('$name', expectParity);
});

describe('with a library that listens to the end', () => {
  const libraries = byLibrary('installed below');
  let app: string;
  beforeAll(async () => {
    app = await installedApp(join(import.meta.dirname, 'apps/signal-exit'));
    copyFileSync(join(fixtures, 'work.cjs'), join(app, 'work.cjs'));
  }, INSTALL_TIMEOUT);
  test.each(libraries)('$name', (way) => expectParity({ ...way, app }));
});
