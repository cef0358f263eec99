import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OTEL_GLOBAL } from '../coexistence.ts';
import * as diag from '../diag.ts';

/**
 * A copy of `@opentelemetry/api` works with the one that is registered if that has at least its minor version, else
 * all its calls do nothing, in silence.
 * @param folder path or URL of the application's copy
 */
export function reportNewerApi(folder: string): void {
  const path = folder.startsWith('file:') ? fileURLToPath(folder) : folder;
  const { version } = JSON.parse(readFileSync(`${path}/package.json`, 'utf8')) as { readonly version: string };
  const ours = (globalThis as { [OTEL_GLOBAL]?: { readonly version: string } })[OTEL_GLOBAL]?.version;
  if (ours === undefined || !isNewer(version, ours)) return;
  // The files of one copy that are required and those that are imported are told of one by one.
  diag.limited(
    `api ${version}`,
    `the application's @opentelemetry/api ${version} is newer than ${ours}, which Firstlight registers: ` +
      'what the application records through it is not seen',
  );
}

/** A major version of its own is another API, with an own registration. */
export function isNewer(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [registeredMajor = 0, registeredMinor = 0] = than.split('.').map(Number);
  return major === registeredMajor && minor > registeredMinor;
}
