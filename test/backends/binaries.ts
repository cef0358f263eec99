/** Where the programs of the back ends are: built by build.sh, or installed with Debian's packages. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUILT = {
  jaeger: 'jaeger',
  collector: 'collector',
  prometheus3: 'prometheus',
  statsdExporter: 'statsd_exporter',
} as const;
/** The package of each has its name. */
const INSTALLED = { prometheus: 'prometheus', nodeExporter: 'prometheus-node-exporter' } as const;

export type Name = keyof typeof BUILT | keyof typeof INSTALLED;

const names = [...Object.keys(BUILT), ...Object.keys(INSTALLED)] as Name[];

/** Which back ends this machine has: tests skip where theirs is missing. */
export const available = (): Record<Name, boolean> =>
  Object.fromEntries(names.map((name) => [name, existsSync(locate(name))])) as Record<Name, boolean>;

export function binary(name: Name): string {
  const file = locate(name);
  if (existsSync(file)) return file;
  throw new Error(
    `${name} is missing: ${name in BUILT ? 'run test/backends/build.sh' : `apt-get install ${INSTALLED[name as keyof typeof INSTALLED]}`}`,
  );
}

const locate = (name: Name): string =>
  name in BUILT ? built(BUILT[name as keyof typeof BUILT]) : onPath(INSTALLED[name as keyof typeof INSTALLED]);

function built(name: string): string {
  const script = fileURLToPath(new URL('build.sh', import.meta.url));
  return execFileSync('bash', [script, 'where', name], { encoding: 'utf8' }).trim();
}

/** The first of that name; a name where there is none. */
function onPath(command: string): string {
  // oxlint-disable-next-line node/no-process-env -- not a setting of ours
  const dirs = (process.env['PATH'] ?? '').split(delimiter);
  return dirs.map((dir) => join(dir, command)).find((file) => existsSync(file)) ?? '';
}
