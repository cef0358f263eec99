import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { launcherName } from '../../src/launchers.ts';
import { run } from '../support/run.ts';

test.each([
  ['/usr/lib/node_modules/npm/bin/npm-cli.js', 'npm-cli'],
  ['/usr/local/bin/npm', 'npm'],
  ['/usr/share/nodejs/npm/bin/npm-cli.js', 'npm-cli'],
  ['/opt/yarn-v1.22.22/bin/yarn.js', 'yarn'],
  ['/app/.yarn/releases/yarn-4.9.1.cjs', 'yarn-4.9.1'],
  ['/home/me/.cache/node/corepack/v1/pnpm/10.0.0/bin/pnpm.cjs', 'pnpm'],
  ['/home/me/.volta/tools/image/npm/11.0.0/bin/npm-cli.js', 'npm-cli'],
  ['/app/node_modules/.bin/turbo', 'turbo'],
  ['/app/node_modules/tsx/dist/cli.mjs', 'tsx'],
  ['/app/node_modules/typescript/bin/tsc', 'tsc'],
  ['/app/node_modules/.bin/ts-node-dev', 'ts-node-dev'],
])('%s is a launcher', (main, name) => {
  expect(launcherName(main)).toBe(name);
});

test.each([
  '/app/turbo.cjs',
  '/app/nx.cjs',
  '/app/dotenv.cjs',
  '/app/src/tsx.js',
  '/app/yarn.cjs',
  '/app/yarn',
  '/app/bin/www',
  '/app/bin/nx.js',
  '/app/node_modules/ts-node-dev/lib/wrap.js',
  '/app/node_modules/next/dist/bin/next',
  '[eval]',
  undefined,
])('%s is the application', (main) => {
  expect(launcherName(main)).toBeUndefined();
});

test('a link is what it leads to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'firstlight-launcher-'));
  const target = join(folder, 'node_modules/npm/bin/npm-cli.js');
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, '');
  symlinkSync(target, join(folder, 'npm'));
  expect(launcherName(join(folder, 'npm'))).toBe('npm');
  rmSync(folder, { recursive: true });
});

test('it says so where one asks', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'firstlight-launcher-'));
  const main = join(folder, 'node_modules/.bin/turbo');
  mkdirSync(dirname(main), { recursive: true });
  writeFileSync(main, '');
  const asked = await run([main], { env: { OTEL_LOG_LEVEL: 'info' } });
  const silent = await run([main]);
  rmSync(folder, { recursive: true });
  expect(asked.stderr).toBe('firstlight: turbo is not the application and is left alone\n');
  expect(silent.stderr).toBe('');
});
