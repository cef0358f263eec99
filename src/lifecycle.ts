import { setTimeout as sleep } from 'node:timers/promises';
import * as diag from './diag.ts';
import type { Component } from './component.ts';

/** Milliseconds that a flush may take at the most: what the application waits for us at its end. */
const DEADLINE = 2000;

export interface Lifecycle {
  /** Every part sends what it holds. Resolves within the deadline, never rejects. */
  flush(): Promise<void>;
  /** Every part ends, in reverse order of start. Resolves within the deadline, never rejects; the first call counts. */
  shutdown(): Promise<void>;
}

/** How the parts end with the process. `parts` are in order of start. */
export function createLifecycle(parts: readonly Component[]): Lifecycle {
  let stopped: Promise<void> | undefined;
  let flushedAtEnd = false;

  const flush = (): Promise<void> => within('flush', Promise.all(parts.map((part) => step(part, 'forceFlush'))));
  const shutdown = (): Promise<void> => {
    process.off('beforeExit', atNaturalEnd);
    return (stopped ??= within('shutdown', inReverse(parts)));
  };

  // The natural end. Sending takes turns of the event loop, after which `beforeExit` comes again: hence once.
  const atNaturalEnd = (): void => {
    if (flushedAtEnd) return;
    flushedAtEnd = true;
    void flush();
  };
  process.on('beforeExit', atNaturalEnd);
  return { flush, shutdown };
}

/** Calls `send` as the thread ends, when no event loop is left: what it does must be synchronous. */
export function atThreadExit(send: () => void): void {
  process.on('exit', send);
}

/** Calls `then` if what is being thrown at this moment is caught by nobody. The process goes the way it would have gone. */
export function whenUncaught(then: (error: unknown) => void): void {
  process.once('uncaughtExceptionMonitor', then);
  process.nextTick(() => process.off('uncaughtExceptionMonitor', then));
}

async function inReverse(parts: readonly Component[]): Promise<void> {
  for (const part of parts.toReversed()) await step(part, 'shutdown');
}

async function step(part: Component, verb: 'forceFlush' | 'shutdown'): Promise<void> {
  try {
    await part[verb]?.();
  } catch (cause) {
    if (verb === 'shutdown') diag.limited(`end ${part.name}`, `${part.name} could not end`, cause);
    // What cannot be sent its exporter has reported.
    else diag.debug(`${part.name} could not send`, cause);
  }
}

async function within(what: string, work: Promise<unknown>): Promise<void> {
  const cancel = new AbortController();
  // Referenced on purpose: at the natural end only this timer keeps the process alive until the deadline.
  const late = sleep(DEADLINE, true, { signal: cancel.signal }).catch(() => false);
  if ((await Promise.race([work, late])) === true) {
    diag.limited(
      `late ${what}`,
      `${what} not finished after ${DEADLINE} ms, what is left is lost; is there a collector at OTEL_EXPORTER_OTLP_ENDPOINT?`,
    );
  }
  cancel.abort();
}
