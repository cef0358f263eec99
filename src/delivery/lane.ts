/**
 * The way of one signal to one destination: what is sealed waits here, as bytes, until the receiver has it. What it does
 * not take is tried again, later and later, until it is too old; one request that hangs does not stop the others.
 */
import { clearImmediate, clearTimeout, setImmediate, setTimeout } from 'node:timers';
import { now } from '../clock.ts';
import type { Delivery } from '../component.ts';
import * as diag from '../diag.ts';
import { createBackoff } from './backoff.ts';
import { createFlushes } from './flushes.ts';
import type { FaultReport } from './fault-report.ts';
import type { Ledger } from './ledger.ts';
import type { Outcome } from './outcome.ts';
import { outside } from './outside.ts';
import { createQueue, type Batch } from './queue.ts';
import { createReconnecting } from './reconnecting.ts';
import type { Kept } from './spool/kept.ts';
import type { Found } from './spool/spool.ts';
import { PARALLEL, type Destination, type Transport } from './transport.ts';

export interface LaneOptions {
  readonly destination: Destination;
  readonly ledger: Ledger;
  /** Bytes that may wait, those under way included. */
  readonly maxBytes: number;
  /** Milliseconds after which a batch is given up. */
  readonly maxAge: number;
  /**
   * Milliseconds for which a batch that has just been sealed keeps the process, while the receiver answers: else a script
   * that ends right after would send all of it again, and the receiver would have it twice.
   */
  readonly hold: number;
  /** One request at a time, for what must arrive in order. */
  readonly inOrder: boolean;
  /** Keeps a body on disk too, where there is a spool. */
  readonly keep?: ((items: number, body: Uint8Array) => Kept | undefined) | undefined;
  readonly connect: () => Transport;
  readonly report: FaultReport;
  /** Told of every attempt: how long it took, in seconds, and the fault or refusal it ended with. */
  readonly measured: (seconds: number, error: string | undefined) => void;
}

export interface Lane {
  readonly destination: Destination;
  readonly ledger: Ledger;
  /** Bytes that may still be added. */
  room(): number;
  /** Takes a request with its items, which the ledger has. It is sent in a turn of the event loop of its own. */
  put(body: Uint8Array, items: number): void;
  /** Takes what another process has left. */
  adopt(found: Found): void;
  /** Tries now. Resolves when all that is here is settled; rejects with the first attempt that fails. */
  flush(): Promise<void>;
  /** What is here, for who sends it in our place. */
  pending(): readonly Delivery[];
  /** Sends no more by itself; what is left is `pending`. */
  close(): void;
}

export function createLane(options: LaneOptions): Lane {
  const { destination, ledger, maxAge, inOrder, report, measured } = options;
  const backoff = createBackoff();
  const queue = createQueue(options.maxBytes, inOrder);
  const flushes = createFlushes();
  const transport = createReconnecting(options.connect);
  const underWay = new Set<Batch>();
  let soon: NodeJS.Immediate | undefined;
  let later: NodeJS.Timeout | undefined;
  let closed = false;

  const pump = (): void => {
    clearTimeout(later);
    soon = later = undefined;
    if (closed) return;
    giveUpTheOld();
    // Of a receiver that fails a single request asks how it is.
    const parallel = inOrder || backoff.isBackingOff() ? 1 : PARALLEL;
    const delay = backoff.remaining();
    if (delay > 0) {
      if (queue.waiting.length > 0) later = setTimeout(pump, delay).unref();
      return;
    }
    while (underWay.size < parallel) {
      const batch = queue.next();
      if (batch === undefined) return;
      void attempt(batch);
    }
  };
  // Not within the call of the application that filled the batch, and not if that was its last.
  const pumpSoon = (): void => void (soon ??= outside(() => setImmediate(pump).unref()));

  const giveUpTheOld = (): void => {
    for (const batch of queue.olderThan(now() - maxAge)) {
      ledger.drop('expired', batch.items);
      diag.limited(
        `expired ${destination.signal}`,
        `${destination.signal} that have waited for ${maxAge} ms are dropped`,
      );
      leave(batch);
    }
  };

  const attempt = async (batch: Batch): Promise<void> => {
    underWay.add(batch);
    ledger.underWay += batch.items;
    batch.attempts++;
    const start = now();
    const hold = batch.here + options.hold - start;
    // The one timer that is not unref'd.
    const held = hold > 0 && !backoff.isBackingOff() ? setTimeout(() => {}, hold) : undefined;
    const body = batch.body ?? (await batch.kept?.read());
    const outcome = body && (await transport.send(body));
    clearTimeout(held);
    // The end of the process may have been faster.
    if (!underWay.delete(batch)) return;
    ledger.underWay -= batch.items;
    if (outcome === undefined) {
      ledger.drop('spool_lost', batch.items);
      leave(batch);
    } else {
      measured((now() - start) / 1000, errorOf(outcome));
      settle(batch, outcome);
    }
    pump();
  };

  const settle = (batch: Batch, outcome: Outcome): void => {
    report(outcome);
    if (outcome.kind !== 'delivered') flushes.failed(batch, outcome.reason);
    if (outcome.kind === 'failed') {
      backoff.failed(outcome.after);
      return queue.putBack(batch);
    }
    backoff.reset();
    ledger.settle(batch.items, outcome);
    leave(batch);
  };

  const leave = (batch: Batch): void => {
    queue.leave(batch);
    flushes.settled(batch);
  };

  return {
    destination,
    ledger,
    room: queue.room,
    put(body, items) {
      const kept = options.keep?.(items, body);
      const here = now();
      queue.add({ body, size: body.length, items, since: here, here, attempts: 0, kept });
      pumpSoon();
    },
    adopt({ size, items, age, kept }) {
      ledger.take(items);
      const here = now();
      queue.add({ body: undefined, size, items, since: here - age, here, attempts: 0, kept });
      pumpSoon();
    },
    flush() {
      const flushed = flushes.wait([...underWay, ...queue.waiting]);
      backoff.tryNow();
      outside(pump);
      return flushed;
    },
    pending() {
      const here = [...underWay, ...queue.waiting];
      // Before anything is tried: there may be no time for it afterwards.
      for (const { body, kept } of here) if (body !== undefined) kept?.writeNow(body);
      let room = queue.room();
      return here.flatMap((batch) => {
        const { kept, size, items } = batch;
        // What is on disk alone goes too, as far as it may be in memory.
        const body = batch.body ?? (size <= room ? kept?.readNow() : undefined);
        if (body === undefined) return [];
        if (batch.body === undefined) room -= size;
        const settleAtExit = (outcome: Outcome): void => {
          // What is kept waits for the next process, or for this one if it lives on.
          if (outcome.kind === 'failed' && kept?.isWritten() === true) return;
          if (underWay.delete(batch)) ledger.underWay -= items;
          ledger.settle(items, outcome);
          leave(batch);
        };
        return [{ to: destination, body, settle: settleAtExit }];
      });
    },
    close() {
      closed = true;
      clearImmediate(soon);
      clearTimeout(later);
      transport.close();
    },
  };
}

const errorOf = (outcome: Outcome): string | undefined =>
  outcome.kind === 'delivered' ? undefined : outcome.kind === 'refused' ? 'refused' : outcome.fault;
