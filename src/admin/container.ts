import { existsSync } from 'node:fs';

/** Whether this process runs in a container, where loopback is seen by nobody who scrapes. */
export function inContainer(env: Readonly<Record<string, string | undefined>>): boolean {
  return env['KUBERNETES_SERVICE_HOST'] !== undefined || exists('/.dockerenv') || exists('/run/.containerenv');
}

function exists(path: string): boolean {
  try {
    return existsSync(path);
  } catch {
    // Node's `--permission` forbids to look there.
    return false;
  }
}
