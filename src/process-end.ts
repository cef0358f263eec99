/**
 * Every way a process ends, seen without being in its way. The application finds no listener of ours: libraries act on a
 * signal only where nobody else listens, and two that do so keep a process alive for ever. What is done at the end is done
 * after its last listener, and the process goes the way it would have gone, with its own code or signal.
 */
import { setImmediate } from 'node:timers';
import { constants } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import * as diag from './diag.ts';
import { outermostEmit, type Emit } from './outermost-emit.ts';

/** What ends a process that does not listen, and that somebody sends: operators, terminals, nodemon. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const;

type Listener = (this: Host, ...details: readonly unknown[]) => void;
/** What is used of the process that its type does not have. */
interface Host {
  emit(event: string, ...details: readonly unknown[]): boolean;
  reallyExit(code?: number): never;
  kill(pid: string | number, signal?: string | number): true;
  listeners(event: string): readonly Listener[];
  /** Set from the start of `exit` on. */
  readonly _exiting?: boolean;
}
const host = process as unknown as Host;

interface Watch {
  /** After the last listener of the application, synchronous. Comes again if the application exits within `exit`. */
  readonly atExit: () => void;
  /** Before a signal nobody listens to ends the process, synchronous. */
  readonly beforeDeath: () => void;
  /** The application listens, or the process is one that no signal ends. */
  readonly atSignal: () => void;
}

export function watchProcess({ atExit, beforeDeath, atSignal }: Watch): () => void {
  const { reallyExit, kill } = host;
  // Node's own: they open and close its handle of a signal as listeners come and go. Called directly, no listener is needed.
  const open = host.listeners('newListener').find(({ name }) => name === 'startListeningIfSignal');
  const close = host.listeners('removeListener').find(({ name }) => name === 'stopListeningIfSignal');
  let watching = true;

  const emitting = outermostEmit((event, details, emit) => {
    if (event === 'exit' && watching && host._exiting === true) {
      try {
        return emit();
      } finally {
        atExit();
      }
    }
    let had: boolean;
    try {
      had = emit();
    } catch (cause) {
      // Node ends at once where what handles exceptions throws, without `exit`.
      if (event === 'uncaughtException' && watching) atExit();
      throw cause;
    }
    // With the last listener of the application Node has closed the handle.
    if (event === 'removeListener' && watched(details[0])) arm(details[0]);
    return had;
  });
  const arm = (signal: NodeJS.Signals): void => {
    try {
      // Node binds what it calls when the signal comes; a signal that somebody emits by hand is none.
      emitting.being(onSignal as Emit, () => open?.call(host, signal));
    } catch (cause) {
      diag.debug(`cannot listen to ${signal}`, cause);
    }
  };
  const onSignal = (signal: NodeJS.Signals, ...details: readonly unknown[]): void => {
    if (process.listenerCount(signal) > 0 || !watching) {
      host.emit(signal, ...details);
      if (watching) atSignal();
      return;
    }
    // The kernel lets no signal end the first process of a container that does not listen to it.
    if (process.pid === 1) return atSignal();
    dieBy(signal);
  };
  const dieBy = (signal: NodeJS.Signals, pid: string | number = process.pid): true => {
    beforeDeath();
    close?.call(host, signal);
    resetTerminal();
    // Where the signal is blocked the process lives on.
    setImmediate(arm, signal).unref();
    return kill.call(host, pid, signal);
  };
  const watched = (name: unknown): name is NodeJS.Signals => watching && SIGNALS.includes(name as 'SIGTERM');

  const ours = {
    // A process that sends itself a signal it does not listen to ends within the call.
    kill(this: Host, pid: string | number, signal: string | number = 'SIGTERM'): true {
      const name = SIGNALS.find((each) => each === signal || constants.signals[each] === signal);
      // Its group is named by 0, or by the number of its first process.
      const isOurs = [process.pid, 0, -process.pid].includes(Number(pid)) && process.pid !== 1;
      const isDeath = watching && isMainThread && isOurs && name !== undefined;
      return isDeath && process.listenerCount(name) === 0 ? dieBy(name, pid) : kill.call(this, pid, signal);
    },
    // An application that exits within its last `exit` listener comes here, and nowhere else.
    reallyExit(this: Host, code?: number): never {
      if (watching) atExit();
      return reallyExit.call(this, code);
    },
  };
  Object.assign(host, ours);
  if (isMainThread) for (const signal of SIGNALS) arm(signal);

  return () => {
    watching = false;
    emitting.restore();
    if (host.reallyExit === ours.reallyExit) Object.assign(host, { reallyExit });
    if (host.kill === ours.kill) Object.assign(host, { kill });
    for (const signal of SIGNALS) close?.call(host, signal);
  };
}

/** As Node does before a signal ends it, which it no longer can: a shell would be left without echo. */
function resetTerminal(): void {
  try {
    if (process.stdin.isTTY && process.stdin.isRaw) process.stdin.setRawMode(false);
  } catch {
    // The terminal is gone.
  }
}

/** Calls `then` if what is being thrown at this moment is caught by nobody. The process goes the way it would have gone. */
export function whenUncaught(then: (error: unknown) => void): void {
  process.once('uncaughtExceptionMonitor', then);
  process.nextTick(() => process.off('uncaughtExceptionMonitor', then));
}

/** Calls `then` with what nobody catches, before it ends the process. Returns what ends that. */
export function watchUncaught(then: (error: unknown) => void): () => void {
  process.on('uncaughtExceptionMonitor', then);
  return () => void process.off('uncaughtExceptionMonitor', then);
}
