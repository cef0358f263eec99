import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { INSTALL_TIMEOUT } from '../support/install.ts';
import { COMMONJS_ONLY, nodeBinary, SUPPORTED, UNSUPPORTED } from '../support/nodes.ts';
import { register, root, run, type Finished } from '../support/run.ts';

const byRequire = ['--require', join(root, 'register.cjs')];
const env = {
  FIRSTLIGHT: `${root}/dist/index.js`,
  OTEL_TRACES_EXPORTER: 'none',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
};
const timeout = INSTALL_TIMEOUT;

async function start(
  version: string,
  flags: readonly string[],
  app: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const node = await nodeBinary(version);
  return run([join(import.meta.dirname, 'apps', app)], { node, flags, env: { ...env, ...more } });
}

/** What a Node says of its own: neither a stack trace nor a warning about something that Firstlight did. */
const otherLines = ({ stderr }: Finished): string[] =>
  stderr.split('\n').filter((line) => line !== '' && !line.startsWith('firstlight: '));

describe.each(UNSUPPORTED)('Node %s runs the application without Firstlight, and one line says so', (version) => {
  const expectNotice = (finished: Finished): void => {
    expect(finished.code).toBe(0);
    expect(finished.diagnostics).toEqual([expect.stringContaining(`Node ${version} is not supported`)]);
    expect(otherLines(finished)).toEqual([]);
  };

  test('CommonJS with a worker, by --require', { timeout }, async () => {
    const finished = await start(version, byRequire, 'plain.cjs');

    expect(finished.stdout).toBe(`application on ${version}, Firstlight null\napplication ends\n`);
    expectNotice(finished);
  });

  test('ES module, by NODE_OPTIONS', { timeout }, async () => {
    const finished = await start(version, [], 'plain.mjs', { NODE_OPTIONS: byRequire.join(' ') });

    expect(finished.stdout).toBe(`application on ${version}\n`);
    expectNotice(finished);
  });

  test('OTEL_LOG_LEVEL=none silences the notice', { timeout }, async () => {
    const finished = await start(version, byRequire, 'plain.cjs', { OTEL_LOG_LEVEL: 'none' });

    expect(finished).toMatchObject({ code: 0, stderr: '' });
  });
});

// Older ones refuse the flag itself.
test.each(['18.20.8', '20.20.2'])('Node %s runs the application under --import', { timeout }, async (version) => {
  const finished = await start(version, ['--import', register], 'plain.cjs');

  expect(finished.stdout).toBe(`application on ${version}, Firstlight null\napplication ends\n`);
  expect(finished.diagnostics).toHaveLength(1);
});

describe.each([...COMMONJS_ONLY, ...SUPPORTED])(
  'Node %s runs the application with Firstlight, without a word',
  (version) => {
    test.each([
      ['--require', byRequire],
      ['--import', ['--import', register]],
    ])('CommonJS with a worker, by %s', { timeout }, async (_name, flags) => {
      const finished = await start(version, flags, 'plain.cjs');

      expect(finished.stdout).toMatch(/^application on [\d.]+, Firstlight \d[\d.]*\napplication ends\n$/);
      expect(finished).toMatchObject({ code: 0, stderr: '' });
    });

    test('ES module, by NODE_OPTIONS', { timeout }, async () => {
      const finished = await start(version, [], 'plain.mjs', { NODE_OPTIONS: byRequire.join(' ') });

      expect(finished).toMatchObject({ code: 0, stdout: `application on ${version}\n`, stderr: '' });
    });
  },
);
