/**
 * Third-party software that tests run but the project does not depend on, such as applications with an SDK or an agent
 * of their own. Each is installed once, outside the repository.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

export const CACHE = join(homedir(), '.cache', 'firstlight');
const MINUTES = 60_000;
/** Long enough for a first download; for `beforeAll` of the tests that install something. */
export const INSTALL_TIMEOUT = 5 * MINUTES;

/** PATH with the Node that runs the tests first, so that `#!/usr/bin/env node` means the same. */
export const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);

/** Runs npm in `cwd` and resolves with its stdout. */
export async function npm(args: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, PATH: path, NODE_OPTIONS: '' };
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const { stdout } = await promisify(execFile)('npm', [...args, ...quiet], { cwd, env, timeout: INSTALL_TIMEOUT });
  return stdout;
}

/**
 * A copy of the application in `folder` (package.json, package-lock.json, sources) with its packages installed.
 * The sources are copied every time, the packages are installed when the lock file changes.
 */
export async function installedApp(folder: string): Promise<string> {
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex')
    .slice(0, 12);
  const copy = await once(join(CACHE, 'apps', `${basename(folder)}-${lock}`), async (fresh) => {
    for (const file of ['package.json', 'package-lock.json']) cpSync(join(folder, file), join(fresh, file));
    await npm(['ci', '--prefer-offline', '--ignore-scripts'], fresh);
  });
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** Fills `folder` once, whichever of several processes comes first. */
export async function once(folder: string, fill: (fresh: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  await fill(fresh);
  try {
    renameSync(fresh, folder);
  } catch (cause) {
    // Another process was faster.
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(folder)) throw cause;
  }
  return folder;
}
