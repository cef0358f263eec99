import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { INSTALL_TIMEOUT } from '../support/install.ts';
import { COMMONJS_ONLY, nodeBinary, SUPPORTED, UNSUPPORTED } from '../support/nodes.ts';
import { register, root, run, type Finished } from '../support/run.ts';

const app = (name: string): string => join(import.meta.dirname, 'apps', name);
const env = {
  FIRSTLIGHT: `${root}/dist/index.js`,
  OTEL_SDK_DISABLED: undefined,
  OTEL_TRACES_EXPORTER: 'none',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
};

describe.each([...UNSUPPORTED, ...COMMONJS_ONLY, ...SUPPORTED])('Node %s', (version) => {
  const supported = (SUPPORTED as readonly string[]).includes(version);
  const started = !(UNSUPPORTED as readonly string[]).includes(version);

  const start = async (flags: readonly string[], name: string, more: Record<string, string> = {}): Promise<Finished> =>
    run([app(name)], { node: await nodeBinary(version), flags, env: { ...env, ...more } });

  const expectOneLineOrNone = ({ stderr, diagnostics }: Finished): void => {
    if (supported) {
      expect(diagnostics).toEqual([]);
    } else {
      expect(diagnostics).toHaveLength(1);
      expect(diagnostics[0]).toContain(version);
    }
    // Neither a stack trace nor a warning of Node about something that Firstlight did.
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('firstlight: '))).toEqual([]);
  };

  test('a CommonJS application with a worker starts under --require', { timeout: INSTALL_TIMEOUT }, async () => {
    const finished = await start(['--require', join(root, 'register.cjs')], 'plain.cjs');

    expect(finished.code).toBe(0);
    expect(finished.stdout).toMatch(
      started ? /^application on [\d.]+, Firstlight \d/ : /^application on [\d.]+, Firstlight null/,
    );
    expect(finished.stdout).toContain('application ends');
    expectOneLineOrNone(finished);
  });

  test('an ES module application starts under --require in NODE_OPTIONS', { timeout: INSTALL_TIMEOUT }, async () => {
    const finished = await start([], 'plain.mjs', { NODE_OPTIONS: `--require ${join(root, 'register.cjs')}` });

    expect(finished).toMatchObject({ code: 0, stdout: `application on ${version}\n` });
    expectOneLineOrNone(finished);
  });

  // Node 14 and 16 refuse the flag itself.
  test.runIf(Number.parseInt(version, 10) >= 18)(
    'an application starts under --import',
    { timeout: INSTALL_TIMEOUT },
    async () => {
      const finished = await start(['--import', register], 'plain.cjs');

      expect(finished.code).toBe(0);
      expect(finished.stdout).toContain('application ends');
      expectOneLineOrNone(finished);
    },
  );

  test('OTEL_LOG_LEVEL=none silences even the notice', { timeout: INSTALL_TIMEOUT }, async () => {
    const finished = await start(['--require', join(root, 'register.cjs')], 'plain.cjs', { OTEL_LOG_LEVEL: 'none' });

    expect(finished).toMatchObject({ code: 0, stderr: '' });
  });
});
