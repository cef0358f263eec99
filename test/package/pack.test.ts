/** The package as a user gets it: packed, installed into an empty project, and run there. */
import {
  cpSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { INSTALL_TIMEOUT, npm } from '../support/install.ts';
import { nodeBinary, SUPPORTED } from '../support/nodes.ts';
import { root, run, type RunOptions } from '../support/run.ts';

const MB = 1e6;
const preload = ['--import', 'firstlight/register'];
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

let project: string;
let installed: { readonly bytes: number; readonly packages: readonly string[] };
let collector: Collector;

beforeAll(async () => {
  collector = await startCollector();
  project = realpathSync(mkdtempSync(join(tmpdir(), 'firstlight-pack-')));
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'empty-project', version: '4.5.6', private: true }),
  );
  // Without scripts: `prepack` would rebuild dist/ under the feet of the other tests.
  const [{ filename = '' } = {}] = JSON.parse(
    await npm(['pack', '--ignore-scripts', '--json', '--pack-destination', project], root),
  ) as { filename?: string }[];
  await npm(['install', '--prefer-offline', join(project, filename)], project);
  const modules = join(project, 'node_modules');
  installed = { bytes: sizeOf(modules), packages: packagesIn(modules) };
  await npm(['install', '--prefer-offline', 'express@5'], project);
  cpSync(join(import.meta.dirname, 'apps'), project, { recursive: true });
}, INSTALL_TIMEOUT);
afterEach(() => collector.clear());
afterAll(async () => {
  rmSync(project, { recursive: true, force: true });
  await collector.close();
});

test('the install is at most 10 MB and 10 packages', () => {
  expect(installed.packages).toContain('firstlight');
  expect(installed.packages.length).toBeLessThanOrEqual(10);
  expect(installed.bytes).toBeLessThanOrEqual(10 * MB);
});

test('the package carries the licences of what is bundled, and no sources or tests', () => {
  const files = readdirSync(join(project, 'node_modules/firstlight'), { recursive: true }).map(String);

  expect(files).toEqual(
    expect.arrayContaining(['LICENSE', 'README.md', 'register.js', 'register.cjs', 'dist/THIRD_PARTY_NOTICES']),
  );
  expect(files.filter((file) => /(^|\/)(src|test|bench)\/|\.test\.|(?<!\.d)\.ts$/.test(file))).toEqual([]);
});

describe.each(SUPPORTED)('Node %s', (node) => {
  const start = async (args: readonly string[], options: RunOptions) =>
    run(args, { node: await nodeBinary(node), cwd: project, ...options });

  test.each(['app.cjs', 'app.mjs'])(
    '%s is seen, and its `firstlight` is the one that runs',
    { timeout: INSTALL_TIMEOUT },
    async (app) => {
      const { code, stdout, stderr } = await start([app], {
        flags: preload,
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
      });

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout)).toEqual({ http: 200, samePid: true, version });
      const spans = await collector.waitForSpans(2);
      expect(spans.filter(({ kind }) => kind === 'server').map(({ name }) => name)).toEqual(['GET /users/:id']);
      expect(spans[0]?.resource).toMatchObject({ 'service.name': 'empty-project', 'service.version': '4.5.6' });
    },
  );

  test.each(['require', 'import'])('%s without a preload loads no SDK', { timeout: INSTALL_TIMEOUT }, async (how) => {
    const { stdout } = await start(['without-preload.cjs', how], { flags: [] });
    const { status, files } = JSON.parse(stdout) as { status: unknown; files: readonly string[] };

    expect(status).toBeNull();
    expect(files.length).toBeGreaterThan(0);
    const bytes = files.map((url) => statSync(fileURLToPath(url)).size).reduce((a, b) => a + b);
    expect(bytes).toBeLessThan(5000);
  });
});

test.each([
  [
    'import',
    `console.log(['', '/register', '/package.json'].map((path) => import.meta.resolve('firstlight' + path)).join(' '))`,
    'module',
  ],
  [
    'require',
    `console.log(['', '/register', '/package.json'].map((path) => require.resolve('firstlight' + path)).join(' '))`,
    'commonjs',
  ],
])('the exports resolve by %s', async (how, code, type) => {
  const { stdout } = await run([`--input-type=${type}`, '--eval', code], { cwd: project, flags: [] });
  const preloadFile = how === 'import' ? 'register.js' : 'register.cjs';

  expect(
    stdout
      .trim()
      .split(' ')
      .map((path) => path.split('node_modules/firstlight/')[1]),
  ).toEqual(['dist/index.js', preloadFile, 'package.json']);
});

test('the `firstlight` command runs', async () => {
  const { code, stdout, stderr } = await run(['config'], {
    node: join(project, 'node_modules/.bin/firstlight'),
    cwd: project,
    flags: [],
  });

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^OTEL_TRACES_EXPORTER +otlp/m);
});

function sizeOf(path: string): number {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

/** By npm's own account of what it put there. */
function packagesIn(modules: string): string[] {
  const { packages } = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')) as {
    packages: Record<string, object>;
  };
  return Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, ''));
}
