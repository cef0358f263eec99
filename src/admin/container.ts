import { existsSync } from 'node:fs';

/** Whether this process runs in a container, where loopback is seen by nobody who scrapes. */
export function inContainer(env: Readonly<Record<string, string | undefined>>): boolean {
  return env['KUBERNETES_SERVICE_HOST'] !== undefined || existsSync('/.dockerenv') || existsSync('/run/.containerenv');
}
