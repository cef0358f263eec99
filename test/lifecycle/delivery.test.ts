/** Every span, log record and last value arrives, however the process ends. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { installedApp, INSTALL_TIMEOUT } from '../support/install.ts';
import { arrived, expected, once } from './arrived.ts';
import { end } from './ending.ts';
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
afterEach(() => collector.clear());
afterAll(() => collector.close());

async function expectAll(way: Way): Promise<void> {
  const { diagnostics } = await end(way, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  const all = arrived(collector);
  expect(way.again === true ? once(all) : all).toEqual(expected(way));
  expect(diagnostics).toEqual([]);
}

describe('by itself', () => {
  test.each(byItself)('$name', expectAll);
});

describe('by a signal', () => {
  test.each(bySignal)('$name', expectAll);
});

describe('below another program', () => {
  test.each(underParents)('$name', expectAll);
});

describe('as PID 1', () => {
  (mayBePid1 ? test : test.skip).each(asPid1)('$name', expectAll);
});

describe('of several threads and processes', () => {
  test.each(ofSeveral)('$name', expectAll);
});

describe('with a library that listens to the end', () => {
  const libraries = byLibrary('installed below');
  let app: string;
  beforeAll(async () => {
    app = await installedApp(join(import.meta.dirname, 'apps/signal-exit'));
    copyFileSync(join(fixtures, 'work.cjs'), join(app, 'work.cjs'));
  }, INSTALL_TIMEOUT);
  test.each(libraries)('$name', (way) => expectAll({ ...way, app }));
});

describe('a script', () => {
  const work = Array.from({ length: 5000 }, (_, n) => `${n + 1}`);

  test.each(['natural', 'exit'])('of 5,000 spans: %s', (how) =>
    // Full batches leave at once, and may be on their way when the script is over.
    expectAll({ name: 'many', args: ['many.cjs', '5000', how], requests: [], work, again: true }),
  );
});
