/** The application brings an OpenTelemetry SDK of its own: it keeps all of its spans, and we say one line. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { installedApp, INSTALL_TIMEOUT } from '../support/install.ts';
import { register, root, run, type Finished } from '../support/run.ts';

const apps = join(import.meta.dirname, 'apps');
let collector: Collector;
beforeAll(async () => {
  collector = await startCollector();
});
afterEach(() => collector.clear());
afterAll(() => collector.close());

interface Case {
  readonly name: string;
  readonly app: string;
  /** Flags with and without Firstlight. */
  readonly flags: readonly string[];
  readonly without: readonly string[];
}

const ours = ['--import', register];
const oursByRequire = ['--require', join(root, 'register.cjs')];

const suites: Readonly<
  Record<
    string,
    { readonly rival: RegExp; readonly expected: Readonly<Record<string, number>>; readonly cases: readonly Case[] }
  >
> = {
  'node-sdk': {
    // An SDK that was loaded as ES modules leaves its mark, but not its name.
    rival: /@opentelemetry\/sdk-|OpenTelemetry SDK/,
    expected: { manual: 20, GET: 40 },
    cases: [
      { name: 'loaded by a CommonJS application', app: 'app-loads-it.cjs', flags: ours, without: [] },
      {
        name: 'loaded by a CommonJS application, ours by --require',
        app: 'app-loads-it.cjs',
        flags: oursByRequire,
        without: [],
      },
      { name: 'loaded by an ES module application', app: 'app-loads-it.mjs', flags: ours, without: [] },
      {
        name: 'preloaded before ours by --require',
        app: 'app.cjs',
        flags: ['--require', './sdk.cjs', ...ours],
        without: ['--require', './sdk.cjs'],
      },
      {
        name: 'preloaded before ours by --import',
        app: 'app.cjs',
        flags: ['--import', './sdk.mjs', ...ours],
        without: ['--import', './sdk.mjs'],
      },
      {
        name: 'preloaded after ours by --require',
        app: 'app.cjs',
        flags: [...oursByRequire, '--require', './sdk.cjs'],
        without: ['--require', './sdk.cjs'],
      },
      {
        name: 'preloaded after ours by --import',
        app: 'app.cjs',
        flags: [...ours, '--import', './sdk.mjs'],
        without: ['--import', './sdk.mjs'],
      },
    ],
  },
  'trace-sdk-2': {
    rival: /@opentelemetry\/sdk-trace-node/,
    expected: { manual: 20, child: 20 },
    cases: [
      { name: 'loaded by a CommonJS application', app: 'app.cjs', flags: ours, without: [] },
      { name: 'loaded by an ES module application', app: 'app.mjs', flags: ours, without: [] },
    ],
  },
};

describe.each(Object.entries(suites))('an application with %s', (folder, { rival, expected, cases }) => {
  let cwd: string;
  beforeAll(async () => {
    cwd = await installedApp(join(apps, folder));
    copyFileSync(join(apps, 'work.cjs'), join(cwd, 'work.cjs'));
  }, INSTALL_TIMEOUT);

  const start = (app: string, flags: readonly string[]): Promise<Finished> =>
    run([app], { cwd, flags, env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_PROMETHEUS_PORT: '0' } });

  test.each(cases)('$name', async ({ app, flags, without }) => {
    const alone = await start(app, without);
    const both = await start(app, flags);

    const { spans } = JSON.parse(alone.stdout) as { spans: readonly string[] };
    expect(
      Object.fromEntries([...Map.groupBy(spans, (name) => name)].map(([name, all]) => [name, all.length])),
    ).toEqual(expected);
    expect({ code: both.code, stdout: both.stdout }).toEqual({ code: 0, stdout: alone.stdout });
    expect(both.diagnostics).toEqual([expect.stringMatching(rival)]);
    // Two owners would tell every request twice.
    expect(collector.spans().filter(({ scope }) => scope.name === 'app')).toEqual([]);
  });
});
