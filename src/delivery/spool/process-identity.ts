import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, so that another one can tell whether it still lives: numbers of processes are given again. */
export interface Identity {
  readonly pid: number;
  /** When it started, in ticks since the boot; empty where the system does not tell. */
  readonly ticks: string;
  /** Within what its number means something: the machine, and the namespace of a container. */
  readonly space: string;
}

export function ownIdentity(): Identity {
  return { pid: process.pid, ticks: ticksOf(process.pid), space: `${hostname()} ${namespace()}` };
}

/** Undefined: it lives in another space, and nobody here can know. */
export function isAlive({ pid, ticks, space }: Identity, self: Identity): boolean | undefined {
  if (space !== self.space) return undefined;
  if (pid === self.pid) return ticks === self.ticks;
  try {
    process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
  return ticksOf(pid) === ticks;
}

function ticksOf(pid: number): string {
  try {
    // The name of the program stands in brackets, and may hold any character.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
    return fields[19] ?? '';
  } catch {
    return '';
  }
}

function namespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
