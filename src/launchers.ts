import { basename } from 'node:path';

/**
 * Programs that `NODE_OPTIONS` reaches on the way to the application: package managers, watchers, runners. Seen, they
 * would take the metrics port and speak under the application's name. Their children still inherit the preload.
 */
const LAUNCHERS = new Set([
  'npm',
  'npm-cli',
  'npm-prefix',
  'npx',
  'npx-cli',
  'yarn',
  'yarnpkg',
  'pnpm',
  'pnpx',
  'corepack',
  'bun',
  'bunx',
  'nodemon',
  'tsx',
  'ts-node-dev',
  'tsnd',
  'concurrently',
  'cross-env',
  'cross-env-shell',
  'dotenv',
  'env-cmd',
  'npm-run-all',
  'run-p',
  'run-s',
  'wait-on',
  'turbo',
  'nx',
  'lerna',
  'tsc',
  'esbuild',
  'eslint',
  'oxlint',
  'prettier',
]);

/** Where a launcher's main file has a name of no meaning, its package tells. */
const PACKAGED =
  /[\\/]node_modules[\\/](?:\.bin[\\/])?(npm|yarn|pnpm|corepack|nodemon|tsx|ts-node-dev|concurrently|cross-env)[\\/]/;

/** Corepack and yarn keep releases as `.yarn/releases/yarn-4.9.1.cjs` or `…/corepack/v1/pnpm/10.0.0/bin/pnpm.cjs`. */
const RELEASE = /^(?:yarn|pnpm|npm)-\d/;

/**
 * @param main `process.argv[1]`, undefined for `node -e`
 * @returns the launcher's name, or undefined where this process is the application. The parent of `node --watch`
 *   needs no entry: Node runs no preload in it.
 */
export function launcherName(main: string | undefined): string | undefined {
  if (main === undefined) return undefined;
  const name = basename(main).replace(/\.[cm]?js$/, '');
  if (LAUNCHERS.has(name) || RELEASE.test(name)) return name;
  return PACKAGED.exec(main)?.[1];
}
