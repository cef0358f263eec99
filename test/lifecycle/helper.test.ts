/** How long the helper may take, and what it is told. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startFaultyCollector, type FaultyCollector } from '../support/faulty-collector.ts';
import { register, start } from '../support/run.ts';
import { childrenOf, end } from './ending.ts';
import { byItself, bySignal, fixtures, type Way } from './ways.ts';

/** The promise is 2 s; the rest is a busy machine. */
const LIMIT = 2500;

let collector: FaultyCollector;
beforeEach(async () => {
  collector = await startFaultyCollector();
});
afterEach(() => collector.close());

const script: Way = { name: 'script', args: ['many.cjs', '20', 'exit'], requests: [], work: [] };

test.each([
  [300, 0, 800],
  [1000, 700, 1500],
  [3000, 2500, 3500],
])('FIRSTLIGHT_EXIT_TIMEOUT=%i is the deadline', async (timeout, least, most) => {
  await collector.become('hung');
  const { ms, code } = await end(script, {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, FIRSTLIGHT_EXIT_TIMEOUT: String(timeout) },
  });
  expect(code).toBe(3);
  expect(ms).toBeGreaterThan(least);
  expect(ms).toBeLessThan(most);
});

test('FIRSTLIGHT_EXIT_TIMEOUT=0 waits for nothing, and says what is lost', async () => {
  const { ms, diagnostics } = await end(script, {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, FIRSTLIGHT_EXIT_TIMEOUT: '0' },
  });
  expect(ms).toBeLessThan(300);
  expect(diagnostics).toEqual([expect.stringMatching(/lost .*20 of 20 spans/)]);
  expect(collector.attempts).toEqual([]);
});

test('one deadline, also where exit comes twice and signals twice', async () => {
  await collector.become('hung');
  const ways = [...byItself, ...bySignal].filter(({ name }) =>
    ['process.exit in the last exit listener', 'throw in an exit listener', 'SIGTERM twice, handled once'].includes(
      name,
    ),
  );
  const ends = await Promise.all(ways.map((way) => end(way, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } })));
  for (const { ms } of ends) expect.soft(ms).toBeLessThan(LIMIT);
});

test('credentials stand neither in the arguments nor in the environment of the helper', async () => {
  await collector.become('hung');
  const secret = 'c4nary-s3cret';
  const { child, waitFor, finished } = start([join(fixtures, 'many.cjs'), '20', 'exit'], {
    flags: ['--import', register],
    env: {
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.replace('//', `//user:${secret}@`),
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${secret}`,
      FIRSTLIGHT_ADMIN_TOKEN: secret,
    },
  });
  await waitFor(/^ending$/m);
  const pid = child.pid ?? 0;
  await expect.poll(() => childrenOf(pid), { timeout: 2000, interval: 20 }).toHaveLength(1);
  // Between fork and exec it still has what its parent has.
  await expect.poll(() => collector.attempts.length, { timeout: 2000, interval: 20 }).toBeGreaterThan(0);
  const [helper = 0] = childrenOf(pid);
  const files = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${helper}/${file}`, 'utf8'));
  await finished;
  expect(files[0]).toContain('helper');
  expect(
    files
      .join('\0')
      .split('\0')
      .filter((entry) => entry.includes(secret)),
  ).toEqual([]);
});

test('a script that has nothing to tell starts no helper', async () => {
  const way: Way = { name: 'nothing', args: ['nothing.cjs'], requests: [], work: [] };
  const { code, ms, diagnostics } = await end(way, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  expect({ code, diagnostics }).toEqual({ code: 0, diagnostics: [] });
  expect(ms).toBeLessThan(200);
  expect(collector.attempts).toEqual([]);
});
