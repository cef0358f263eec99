/** The end of a process where its surroundings are not as usual. */
import { constants, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startFaultyCollector, type FaultyCollector } from '../support/faulty-collector.ts';
import { register, root, start } from '../support/run.ts';
import { arrived, expected } from './arrived.ts';
import { childrenOf, end } from './ending.ts';
import { lostAndDoubled } from './steady.ts';
import { byItself, bySignal, fixtures, type Way } from './ways.ts';

/** The promise is 2 s; the rest is a busy machine. */
const LIMIT = 2500;
/** Forty megabytes take a moment to be handed over. */
const PACKING = 500;

let collector: FaultyCollector;
beforeEach(async () => {
  collector = await startFaultyCollector();
});
afterEach(() => collector.close());

const work = Array.from({ length: 20 }, (_, n) => `${n + 1}`);
const script: Way = { name: 'script', args: ['many.cjs', '20', 'exit'], requests: [], work };
const env = (): Record<string, string> => ({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
const named = (name: string): Way => [...byItself, ...bySignal].find((way) => way.name === name) as Way;

async function expectAll(way: Way, more: Parameters<typeof end>[1] = {}): Promise<void> {
  const { code, diagnostics } = await end(way, { ...more, env: { ...env(), ...more.env } });
  expect(diagnostics).toEqual([]);
  expect(code).toBe(3);
  expect(arrived(collector)).toEqual(expected(way));
}

const RESTRICTED = ['--permission', '--allow-fs-read=*'];

test('where neither a process nor a thread may be started, it is said what is lost', async () => {
  const { code, diagnostics } = await end(script, { flags: RESTRICTED, env: env() });
  expect(code).toBe(3);
  expect(diagnostics).toEqual([expect.stringMatching(/lost .*20 of 20 spans.*neither a process nor a thread/)]);
});

describe('everything arrives', () => {
  test('when preloaded by NODE_OPTIONS', () =>
    expectAll(script, { preload: false, env: { NODE_OPTIONS: `--import ${register}` } }));

  test('when preloaded by --require', () =>
    expectAll(script, { preload: false, env: { NODE_OPTIONS: `--require ${join(root, 'register.cjs')}` } }));

  test('with flags that want a port or a file of each process', () =>
    expectAll(script, {
      env: { NODE_OPTIONS: '--inspect=0 --no-warnings --stack-trace-limit=1', NODE_V8_COVERAGE: '' },
    }));

  test('where a thread may be started, but no process', () =>
    expectAll(script, { flags: [...RESTRICTED, '--allow-worker'] }));

  test('when Node itself has been removed, as by an update', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'firstlight-node-'));
    const node = join(folder, 'node');
    copyFileSync(process.execPath, node, constants.COPYFILE_FICLONE);
    const { finished } = start([join(fixtures, 'lost-node.cjs')], {
      node,
      env: { OTEL_EXPORTER_PROMETHEUS_PORT: '0', ...env() },
    });
    expect(await finished).toMatchObject({ code: 3, diagnostics: [] });
    rmSync(folder, { recursive: true });
    expect(arrived(collector)).toEqual({ spans: ['work start'], lines: ['line start'], counted: 1 });
  });

  test('when the working directory is gone', () =>
    expectAll({ name: 'lost folder', args: ['lost-folder.cjs'], requests: [], work: ['start'] }));

  test('when the files of the process are used up', () =>
    expectAll({ ...script, under: ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh'] }));
});

test('everything arrives when nobody reads what is written', async () => {
  const way = { ...script, under: ['sh', '-c', 'exec "$@" >&- 2>&-', 'sh'] };
  await end(way, { env: env() }).catch(() => {});
  expect(arrived(collector).spans).toEqual(expected(way).spans);
});

/** Whoever has ended may stay in the list of processes, where nobody asks for its code. */
function lives(pid: number): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('one place in trouble holds up no other', async () => {
  const other = await startFaultyCollector();
  await other.become('hung');
  await end(script, { env: { ...env(), OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${other.url}/v1/traces` } });
  await other.close();
  const { spans, lines, counted } = arrived(collector);
  expect({ spans, lines, counted }).toEqual({ ...expected(script), spans: [] });
});

describe('more is left than can be sent', () => {
  const burst: Way = { name: 'burst', args: ['burst.cjs', '100000'], requests: [], work: [] };

  test.each(['hung', 'down', 'drip'] as const)('to a collector that is %s', async (mode) => {
    await collector.become(mode);
    const { ms, diagnostics } = await end(burst, { env: env() });
    expect(ms).toBeLessThan(LIMIT + PACKING);
    expect(diagnostics.join('\n')).toMatch(/lost .*100000 of 100000 spans/);
  });

  test('to a healthy collector', async () => {
    const { ms, diagnostics } = await end(burst, { env: env() });
    expect(ms).toBeLessThan(LIMIT + PACKING);
    const [, lost = '0'] = /(\d+) of 100000 spans/.exec(diagnostics.join('\n')) ?? [];
    const { doubled } = lostAndDoubled(collector.spans(), 100_000);
    expect({ arrived: collector.accepted('traces'), doubled }).toEqual({ arrived: 100_000 - Number(lost), doubled: 0 });
  });

  test('to a slow one', async () => {
    await collector.become({ slow: 700 });
    const { ms, diagnostics } = await end(burst, { env: env() });
    expect(ms).toBeLessThan(LIMIT + PACKING);
    const [, lost = '0'] = /(\d+) of 100000 spans/.exec(diagnostics.join('\n')) ?? [];
    // What was being answered in the last moment may be in both figures, never in none.
    expect(collector.accepted('traces')).toBeGreaterThanOrEqual(100_000 - Number(lost));
  });
});

describe('somebody is in a hurry', () => {
  beforeEach(() => collector.become('hung'));

  test.each(['SIGTERM', 'SIGINT'] as const)('%s after SIGTERM', async (second) => {
    const way: Way = {
      ...named('SIGTERM'),
      signals: [
        { after: 'ending', signal: 'SIGTERM' },
        { after: 300, signal: second },
      ],
    };
    const { ms, signal } = await end(way, { env: env() });
    expect(signal).toBe('SIGTERM');
    expect(ms).toBeLessThan(LIMIT);
  });

  test('SIGKILL: the helper does not live on', async () => {
    const { child, waitFor, finished } = start([join(fixtures, 'many.cjs'), '20', 'exit'], {
      env: { OTEL_EXPORTER_PROMETHEUS_PORT: '0', ...env() },
    });
    await waitFor(/^ending$/m);
    const pid = child.pid ?? 0;
    await expect.poll(() => childrenOf(pid), { timeout: 2000, interval: 20 }).toHaveLength(1);
    const [helper] = childrenOf(pid);
    child.kill('SIGKILL');
    await finished;
    await expect.poll(() => lives(helper ?? 0), { timeout: LIMIT, interval: 50 }).toBe(false);
  });
});
