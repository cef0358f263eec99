import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { root, run, start, type Started } from '../support/run.ts';

const spans = `${root}/test/delivery/fixtures/spans.cjs`;
const NOBODY = 'http://127.0.0.1:1';

let folder: string;
let collector: Collector;
const running: Started[] = [];
beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'firstlight-spool-')), 'spool');
  collector = await startCollector();
});
afterEach(async () => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
  await collector.close();
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

const environment = (endpoint: string, more: Readonly<Record<string, string>> = {}) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_PROMETHEUS_PORT: '0',
  OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'console,runtime-node',
  OTEL_SERVICE_NAME: 'spooling',
  FIRSTLIGHT_SPOOL_DIR: folder,
  ...more,
});
const end = (
  n: number,
  how: string,
  endpoint: string,
  more?: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
) => run([...flags, spans, `${n}`, how], { env: environment(endpoint, more) });
/** One that lives on until the test ends it. */
function stay(n: number, endpoint: string, more?: Readonly<Record<string, string>>): Started {
  const started = start([spans, `${n}`, 'stay'], { env: environment(endpoint, more) });
  running.push(started);
  return started;
}
const bodies = (): string[] =>
  (existsSync(folder) ? readdirSync(folder) : []).filter((name) => !/\.(alive|part)/.test(name));

/** Their names end with the number of what is in them. */
const itemsOf = (names: readonly string[]): number =>
  names.reduce((sum, name) => sum + Number(name.split('.').at(-1)), 0);

/** A process that is killed when its spans are in the spool. */
async function killed(n: number, more: Readonly<Record<string, string>> = {}): Promise<number> {
  const { child, finished } = stay(n, NOBODY, more);
  const service = more['OTEL_SERVICE_NAME'] ?? 'spooling';
  await vi.waitUntil(() => itemsOf(bodies().filter((name) => name.startsWith(`${service}-`))) >= n, 10_000);
  child.kill('SIGKILL');
  await finished;
  return child.pid ?? 0;
}

test('what a killed process has left the next one sends, and says so', async () => {
  const pid = await killed(700);
  const started = stay(1, collector.url);
  await collector.waitForSpans(701);
  const names = collector.spans().map(({ name }) => name);
  expect(new Set(names).size).toBe(701);
  await vi.waitUntil(() => bodies().length === 0, 5000);
  started.child.kill();
  const { diagnostics } = await started.finished;
  expect(diagnostics).toEqual([
    expect.stringMatching(
      new RegExp(
        `process ${pid} of spooling, started 20\\S+Z, ended without an exit: killed, out of memory or aborted$`,
      ),
    ),
    `firstlight: sending 2 requests that earlier processes left in the spool ${folder}`,
  ]);
  // The second was told to end, and did in order.
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['abort', []],
  ['memory', ['--max-old-space-size=40']],
])('a process that ends by %s leaves what it had', async (how, flags) => {
  const { signal, code } = await end(100, how, NOBODY, {}, flags);
  expect([signal, code === null || code > 128]).toEqual(['SIGABRT', true]);
  stay(0, collector.url);
  expect((await collector.waitForSpans(100)).length).toBe(100);
});

test('what cannot be sent at an exit waits for the next start, and is not called lost', async () => {
  const first = await end(5, '', NOBODY);
  expect([first.code, first.diagnostics]).toEqual([0, []]);
  expect(bodies()).toHaveLength(1);
  const second = await end(0, '', collector.url);
  expect(second.code).toBe(0);
  expect((await collector.waitForSpans(5)).length).toBe(5);
});

test('a long outage goes to the disk, not to the memory', async () => {
  const started = stay(3000, NOBODY, { FIRSTLIGHT_QUEUE_SIZE: '300000', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '100' });
  await started.waitFor(/made 3000/);
  await vi.waitUntil(() => bodies().length >= 20, 10_000);
  started.child.kill('SIGKILL');
  await started.finished;
  stay(0, collector.url);
  const kept = itemsOf(bodies());
  expect((await collector.waitForSpans(kept)).length).toBe(kept);
});

test('two that live take nothing from each other, and of two heirs one gets it', async () => {
  await killed(40);
  await killed(30, { OTEL_SERVICE_NAME: 'another' });
  const heirs = [stay(1, collector.url), stay(1, collector.url), stay(1, collector.url)];
  await Promise.all(heirs.map(({ waitFor }) => waitFor(/made/)));
  await collector.waitForSpans(43);
  await new Promise((resolve) => void setTimeout(resolve, 500));
  expect(collector.spans()).toHaveLength(43);
  expect(bodies().map((name) => name.split('-')[0])).toEqual(['another']);
});

test('files hold no credentials, and are for nobody else to read', async () => {
  await killed(3, { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=topsecret', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' });
  for (const name of readdirSync(folder)) {
    expect(readFileSync(join(folder, name), 'latin1')).not.toContain('topsecret');
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  }
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

describe('caps', () => {
  test('what is too old is not sent, and removed', async () => {
    await killed(3);
    for (const name of bodies()) utimesSync(join(folder, name), 0, 0);
    const started = stay(1, collector.url, { FIRSTLIGHT_SPOOL_MAX_AGE: '3600000' });
    await collector.waitForSpans(1);
    await vi.waitUntil(() => bodies().length === 0, 5000);
    started.child.kill();
    await started.finished;
    expect(collector.spans()).toHaveLength(1);
  });

  test('a full spool says so in one line, and the application keeps what it has in memory', async () => {
    const { diagnostics } = await end(5000, '', NOBODY, { FIRSTLIGHT_SPOOL_SIZE: '65536' });
    expect(diagnostics).toHaveLength(3);
    expect(diagnostics[0]).toMatch(/the spool \S+ is full \(FIRSTLIGHT_SPOOL_SIZE, 65536 bytes\)/);
    expect(diagnostics[2]).toMatch(/lost \d+ of 5000 spans \(exit\); cannot send to/);
    const kept = itemsOf(bodies());
    expect(diagnostics[2]).toContain(`lost ${5000 - kept} of 5000`);
  });
});

describe('a folder that cannot be used', () => {
  test('is one line, and everything is delivered from memory', async () => {
    writeFileSync(folder, 'a file');
    const { code, diagnostics } = await end(5, '', collector.url);
    expect(code).toBe(0);
    expect(diagnostics).toEqual([
      expect.stringMatching(/FIRSTLIGHT_SPOOL_DIR=\S+ cannot be used, nothing is kept on disk: /),
    ]);
    expect(collector.spans()).toHaveLength(5);
  });

  test('that goes away meanwhile costs nothing but a line', async () => {
    const started = stay(3, collector.url);
    await started.waitFor(/made/);
    rmSync(folder, { recursive: true });
    started.child.kill();
    const { signal } = await started.finished;
    expect(signal).toBe('SIGTERM');
    await collector.waitForSpans(3);
  });

  test('with strange files in it is read all the same', async () => {
    await killed(3);
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    writeFileSync(join(folder, 'broken.alive'), '{');
    writeFileSync(join(folder, 'spooling-h-1-x-0.traces.9.protobuf.5'), 'for a lane that is not there');
    writeFileSync(join(folder, 'spooling-h-1-x-1.traces.0.json.5'), 'of another encoding');
    mkdirSync(join(folder, 'spooling-h-1-x-2.traces.0.protobuf.1'));
    stay(0, collector.url);
    expect((await collector.waitForSpans(3)).length).toBe(3);
    expect(readdirSync(folder)).toContain('notes.txt');
  });
});
