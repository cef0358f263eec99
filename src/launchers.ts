import { realpathSync } from 'node:fs';
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

/**
 * Where a launcher's main file has a name of no meaning, its package tells. Not that of ts-node-dev: its
 * `lib/wrap.js` becomes the application.
 */
const PACKAGED =
  /[\\/]node_modules[\\/](?:\.bin[\\/])?(npm|yarn|pnpm|corepack|nodemon|tsx|concurrently|cross-env)[\\/]/;

/** Corepack and yarn keep releases as `.yarn/releases/yarn-4.9.1.cjs` or `…/corepack/v1/pnpm/10.0.0/bin/pnpm.cjs`. */
const RELEASE = /^(?:yarn|pnpm|npm)-\d/;

/**
 * An application may have a `turbo.cjs` or `nx.js` of its own: what is a launcher has been installed. Package managers
 * also come without npm: `/usr/share/nodejs/npm/bin/npm-cli.js`, `/opt/yarn-v1.22.22/bin/yarn.js`.
 */
const INSTALLED = /[\\/](?:node_modules|\.yarn|corepack|(?:npm|pnpm|yarn|yarnpkg)(?:-v?\d[^\\/]*)?)[\\/]/i;

/** A link or script such as `/usr/local/bin/npm`. */
const COMMAND = /[\\/]s?bin[\\/][^.\\/]+$/;

/**
 * @param main `process.argv[1]`, undefined for `node -e`
 * @returns the launcher's name, or undefined where this process is the application. The parent of `node --watch`
 *   needs no entry: Node runs no preload in it.
 */
export function launcherName(main: string | undefined): string | undefined {
  if (main === undefined) return undefined;
  const name = basename(main).replace(/\.[cm]?js$/, '');
  if ((LAUNCHERS.has(name) || RELEASE.test(name)) && isInstalled(main)) return name;
  return PACKAGED.exec(main)?.[1];
}

function isInstalled(main: string): boolean {
  return INSTALLED.test(main) || COMMAND.test(main) || INSTALLED.test(realPath(main));
}

/** `node nx` runs nx.js: what cannot be resolved is where it says it is. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
