import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** What the application says of itself in its package.json. */
export interface Application {
  readonly name?: string;
  readonly version?: string;
}

/** Bytes; no package.json written by people comes near. */
const LARGEST = 1_000_000;

/**
 * The package the main script belongs to: the nearest package.json upwards that has a name. A script that lies in
 * `node_modules` (`next start`, `ts-node app.ts`) is a tool; the application is what it was installed for, or, where it
 * was installed globally, what it was started in.
 */
export function applicationOf(script: string | undefined, cwd: () => string): Application {
  if (script === undefined) return {};
  try {
    const file = realPath(script);
    const installed = file.indexOf(`${sep}node_modules${sep}`);
    if (installed < 0) return nearest(dirname(file)) ?? {};
    return nearest(file.slice(0, installed) || sep) ?? nearest(cwd()) ?? {};
  } catch {
    // The working directory was removed.
    return {};
  }
}

/** `node app` runs app.js: what cannot be resolved still lies in its directory. */
function realPath(script: string): string {
  try {
    return realpathSync(script);
  } catch {
    return script;
  }
}

function nearest(start: string): Application | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const found = read(join(folder, 'package.json'));
    if (found !== undefined || dirname(folder) === folder) return found;
  }
}

function read(file: string): Application | undefined {
  try {
    if (statSync(file).size > LARGEST) return undefined;
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    if (typeof name !== 'string' || name === '') return undefined;
    return typeof version === 'string' && version !== '' ? { name, version } : { name };
  } catch {
    return undefined;
  }
}
