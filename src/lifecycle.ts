/** How the parts send what they hold, and how they end with the process. */
import { setTimeout as sleep } from 'node:timers/promises';
import { setImmediate, setTimeout } from 'node:timers';
import { now } from './clock.ts';
import type { Component, Delivery } from './component.ts';
import * as diag from './diag.ts';
import { watchProcess } from './process-end.ts';

/** Milliseconds that a flush somebody waits for may take at the most. */
const DEADLINE = 2000;
/** Milliseconds from a signal that the application has handled to the flush. */
const SOON = 100;

export interface LifecycleOptions {
  /** Milliseconds the end of the process may be held up. 0: what is not sent by then is lost. */
  readonly exitTimeout: number;
  /** Sends what is left, which may be nothing, by `until` (on our own clock). Synchronous; may come twice. */
  readonly sendAtExit: (left: readonly Delivery[], until: number) => void;
}

export interface Lifecycle {
  /** Every part sends what it holds. Resolves within the deadline, never rejects. */
  flush(): Promise<void>;
  /** Every part ends, in reverse order of start. Resolves within the deadline, never rejects; the first call counts. */
  shutdown(): Promise<void>;
}

/** How the parts end with the process. `parts` are in order of start. */
export function createLifecycle(parts: readonly Component[], { exitTimeout, sendAtExit }: LifecycleOptions): Lifecycle {
  let stopped: Promise<void> | undefined;
  let exitBy: number | undefined;

  const forceFlush = (): Promise<unknown> => Promise.all(parts.toReversed().map((part) => step(part, 'forceFlush')));
  const flushNow = (until: number): void => {
    try {
      sendAtExit(parts.toReversed().flatMap(pendingOf), until);
    } catch (cause) {
      diag.limited('exit', 'what was left could not be sent', cause);
    }
  };
  const unwatch = watchProcess({
    // All that is done at the end shares one deadline, however often it comes.
    atExit() {
      // Where the event loop turns again it was no end: somebody has prevented it.
      if (exitBy === undefined) setImmediate(() => (exitBy = undefined)).unref();
      flushNow((exitBy ??= now() + exitTimeout));
    },
    beforeDeath: () => flushNow(now() + exitTimeout),
    // Not waited for: the application may have much to finish, or a container only seconds to live. Where it ends at once
    // the helper sends, and nothing should be under way twice.
    atSignal: () => void setTimeout(forceFlush, SOON).unref(),
  });
  return {
    flush: () => within('flush', forceFlush()),
    // What could not be sent by then is still sent at the end of the process.
    shutdown: () =>
      (stopped ??= within(
        'shutdown',
        inReverse(parts).then((all) => all && unwatch()),
      )),
  };
}

function pendingOf(part: Component): readonly Delivery[] {
  try {
    return part.pending?.() ?? [];
  } catch (cause) {
    diag.limited(`pending ${part.name}`, `${part.name} could not hand over what it holds`, cause);
    return [];
  }
}

async function inReverse(parts: readonly Component[]): Promise<boolean> {
  let all = true;
  for (const part of parts.toReversed()) if (!(await step(part, 'shutdown'))) all = false;
  return all;
}

/** Whether it went well. */
async function step(part: Component, verb: 'forceFlush' | 'shutdown'): Promise<boolean> {
  try {
    await part[verb]?.();
    return true;
  } catch (cause) {
    // What cannot be sent has been reported where it was tried.
    diag.debug(`${part.name} could not ${verb === 'shutdown' ? 'end' : 'send'}`, cause);
    return false;
  }
}

async function within(what: string, work: Promise<unknown>): Promise<void> {
  const cancel = new AbortController();
  // Referenced on purpose: the application waits, and our sockets alone would not keep the process alive.
  const late = sleep(DEADLINE, true, { signal: cancel.signal }).catch(() => false);
  if ((await Promise.race([work, late])) === true) {
    diag.limited(`late ${what}`, `${what} not finished after ${DEADLINE} ms; what is left is sent later or at the end`);
  }
  cancel.abort();
}
