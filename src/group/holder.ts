/** Who has the port that is not ours, as far as it can be known, for the line that says it is taken. */
import { basename } from 'node:path';
import { sliced } from '../sliced.ts';
import type { Refusal } from './identity.ts';
import type { Owner } from './proc-net.ts';

/** Processes that are looked at. */
const MAX_PROCESSES = 10_000;
/** Milliseconds. */
const PATIENCE = 1000;

/** `of` is its answer, `owner` that of its socket. */
export async function namesOf(of: Refusal | undefined, owner: Owner | undefined): Promise<string> {
  if (of !== undefined) {
    const version = of.version === '' ? '' : ` ${of.version}`;
    return ` by ${JSON.stringify(of.service)}${version} (pid ${of.pid}; ${of.why})`;
  }
  const holder = owner && (await holderOf(owner));
  if (holder === undefined) return '';
  return holder.pid === process.pid ? ' by this application itself' : ` by ${holder.command} (pid ${holder.pid})`;
}

interface Holder {
  readonly pid: number;
  readonly command: string;
}

/** Undefined: it cannot be known; processes of other users do not show what they have open. */
const holderOf = ({ inode }: Owner): Promise<Holder | undefined> => sliced(find(inode));

function* find(inode: string): Generator<void, Holder | undefined> {
  const until = performance.now() + PATIENCE;
  try {
    const { readdirSync } = process.getBuiltinModule('node:fs');
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    // The latest first: old daemons have other ports.
    for (const pid of pids.toReversed().slice(0, MAX_PROCESSES).map(Number)) {
      if (performance.now() > until) break;
      if (hasOpen(pid, inode)) return describe(pid);
      yield;
    }
  } catch {
    // No /proc, or not for us.
  }
  return undefined;
}

/** Whether this process itself has it: then it is the application's. */
export const isOwn = ({ inode }: Owner): boolean => hasOpen(process.pid, inode);

function hasOpen(pid: number, inode: string): boolean {
  const { readdirSync } = process.getBuiltinModule('node:fs');
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => targetOf(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`);
  } catch {
    // Of another user, or gone.
    return false;
  }
}

function targetOf(path: string): string | undefined {
  try {
    return process.getBuiltinModule('node:fs').readlinkSync(path);
  } catch {
    // Closed in the meantime.
    return undefined;
  }
}

function describe(pid: number): Holder {
  const [program = '', ...rest] = process
    .getBuiltinModule('node:fs')
    .readFileSync(`/proc/${pid}/cmdline`, 'latin1')
    .split('\0');
  // Only what is a file for certain, and not the value of an option: arguments may be secrets.
  const script = rest.find(
    (word, index) => /^[\w./@+][\w./@+-]*\.\w{1,4}$/.test(word) && !rest[index - 1]?.startsWith('-'),
  );
  // A process title may say anything; its first word is the program.
  const name = basename(program.split(' ', 1)[0] ?? '') || 'a process';
  return { pid, command: script === undefined ? name : `${name} ${basename(script)}` };
}
