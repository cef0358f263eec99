/** Ends a fixture in one of the ways, with the preload or in plain Node. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { register, root, start, type Finished } from '../support/run.ts';
import { fixtures, type Way } from './ways.ts';

/** Who calls a listener or loads a file stands in the stack of what it throws. */
const isOurs = (line: string): boolean =>
  line.startsWith('firstlight: ') ||
  // Node 22 shows the last one wherever anybody uses AsyncLocalStorage.
  (/^ +at /.test(line) && (line.includes(`${root}/dist/`) || line.includes('process.callbackTrampoline')));

export interface Ended extends Finished {
  /** Milliseconds from the moment the end began until nobody wrote any more. */
  readonly ms: number;
  /** Without the lines of Firstlight. */
  readonly ownStderr: string;
}

export interface EndOptions {
  /** Default: true. */
  readonly preload?: boolean;
  /** Of Node, beside that of the preload. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeout?: number;
  /** Called with the id of the process when it is about to end. */
  readonly meanwhile?: (pid: number) => void;
}

export async function end(
  way: Way,
  { preload = true, flags = [], env = {}, timeout, meanwhile }: EndOptions = {},
): Promise<Ended> {
  const folder = way.app ?? fixtures;
  const [script = '', ...args] = way.args;
  const ours = preload ? ['--import', register] : [];
  const [program, ...before] = [...(way.under ?? []), process.execPath];
  const { child, waitFor, finished } = start([join(folder, script), ...args], {
    flags: [...before, ...flags, ...ours],
    cwd: folder,
    env: { OTEL_EXPORTER_PROMETHEUS_PORT: '0', ...env },
    ...(program !== undefined && { node: program }),
    ...(timeout !== undefined && { timeout }),
  });
  const pid = child.pid ?? 0;
  let began = 0;
  const driven = (async () => {
    await waitFor(/^ending$/m);
    began = performance.now();
    for (const { after, signal } of way.signals ?? []) {
      if (typeof after === 'number') await sleep(after);
      else await waitFor(new RegExp(`^${after}$`, 'm'));
      // A line is written before what follows it is done: the listener that is removed next, the request that waits.
      await sleep(50);
      began = performance.now();
      process.kill(target(way, pid), signal);
    }
    meanwhile?.(pid);
  })();
  // Whoever ends before the line is there has said why.
  driven.catch(() => {});
  const ended = await finished;
  const ms = performance.now() - began;
  const ownStderr = ended.stderr
    .split('\n')
    .filter((line) => !isOurs(line))
    .join('\n');
  return { ...ended, ms, ownStderr };
}

function target({ target: whom }: Way, pid: number): number {
  if (whom === 'its group') return -pid;
  return whom === 'its child' ? (childrenOf(pid)[0] ?? pid) : pid;
}

/** Ids of the processes that this one has started. */
export function childrenOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === '' ? [] : children.split(' ').map(Number);
  } catch {
    return [];
  }
}

export interface Shown {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string | readonly string[];
  readonly stderr: string;
}

/** What the application shows of its end. Several processes write in any order. */
export function shown({ code, signal, stdout, ownStderr }: Ended, { several = false, hooked = false }: Way): Shown {
  return {
    code,
    signal,
    stdout: several ? stdout.split('\n').toSorted() : stdout,
    stderr: hooked ? messageOf(ownStderr) : ownStderr,
  };
}

/** Without the place where it was thrown, and the frames that lead there. */
function messageOf(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.replace(/ \{$/, ''));
  const first = lines.findIndex((line) => /^\w*Error/.test(line));
  return lines
    .slice(first)
    .filter((line) => !/^ +at /.test(line))
    .join('\n');
}
