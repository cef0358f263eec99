import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { register, root, run } from '../support/run.ts';

const requests = join(import.meta.dirname, 'apps/requests.cjs');
const registerCjs = join(root, 'register.cjs');
let collector: Collector;
let secondCopy: string;

beforeAll(async () => {
  collector = await startCollector();
  // As two packages of one application may each have installed it.
  secondCopy = realpathSync(mkdtempSync(join(tmpdir(), 'firstlight-copy-')));
  for (const part of ['dist', 'register.js', 'register.cjs', 'package.json']) {
    cpSync(join(root, part), join(secondCopy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(secondCopy, 'node_modules'));
});
afterEach(() => collector.clear());
afterAll(async () => {
  rmSync(secondCopy, { recursive: true, force: true });
  await collector.close();
});

/** What is expected for each of `requests`: one server and one client span, each once. */
async function expectNoDuplicates(flags: readonly string[], nodeOptions = ''): Promise<readonly string[]> {
  const { code, stdout, stderr, diagnostics } = await run([requests, '5'], {
    flags,
    env: { NODE_OPTIONS: nodeOptions, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
  });

  expect({ code, stdout }).toEqual({ code: 0, stdout: 'application ends\n' });
  expect(stderr).not.toMatch(/^\s+at /m);
  const kinds = (await collector.waitForSpans(10)).map(({ kind }) => kind).toSorted();
  expect(kinds).toEqual([...Array<string>(5).fill('client'), ...Array<string>(5).fill('server')]);
  return diagnostics;
}

test.each([
  ['--import and --require', ['--import', register, '--require', registerCjs], ''],
  ['--import twice', ['--import', register, '--import', register], ''],
  ['NODE_OPTIONS and a flag', ['--import', register], `--import ${register}`],
  ['NODE_OPTIONS by --require and a flag', ['--import', register], `--require ${registerCjs}`],
])('preloaded twice by %s, it starts once', async (_name, flags, nodeOptions) => {
  const diagnostics = await expectNoDuplicates(flags, nodeOptions);

  expect(diagnostics.length).toBeLessThanOrEqual(1);
});

test('of two copies the second does nothing and says so in one line', async () => {
  const diagnostics = await expectNoDuplicates(['--import', register, '--import', join(secondCopy, 'register.js')]);

  expect(diagnostics).toEqual([expect.stringContaining('preloaded twice')]);
});

test('the public API of another copy reaches the one that runs', async () => {
  const { stdout } = await run(
    [
      '--input-type=module',
      '--eval',
      `import { status } from '${join(secondCopy, 'dist/index.js')}'; console.log(status()?.pid === process.pid)`,
    ],
    { env: { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' } },
  );

  expect(stdout).toBe('true\n');
});
