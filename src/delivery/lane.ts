/**
 * The way of one signal to one destination: what is sealed waits here, as bytes, until the receiver has it. What it does
 * not take is tried again, later and later, until it is too old; one request that hangs does not stop the others.
 */
import type { Delivery } from '../component.ts';
import { createBackoff } from './backoff.ts';
import { createConnection } from './connection.ts';
import type { Ledger } from './ledger.ts';
import type { Outcome } from './outcome.ts';
import type { FaultReport } from './fault-report.ts';
import type { Found, Kept } from './spool/spool.ts';
import type { Destination, Transport } from './transport.ts';

/** Requests under way at once, while the receiver answers. With one that does not, a single one asks how it is. */
const PARALLEL = 8;

export interface LaneOptions {
  readonly destination: Destination;
  readonly ledger: Ledger;
  /** Bytes that may wait, those under way and those not yet sealed included. */
  readonly maxBytes: number;
  /** Milliseconds after which a batch is given up. */
  readonly maxAge: number;
  /**
   * Milliseconds for which a request that has just been sent keeps the process, while the receiver answers: else a script
   * that ends right after would send all of it again, and the receiver would have it twice.
   */
  readonly hold: number;
  /** One request at a time, for what must arrive in order. */
  readonly inOrder: boolean;
  /** Keeps a body on disk too, where there is a spool. */
  readonly keep?: (items: number, body: Uint8Array) => Kept | undefined;
  readonly connect: () => Transport;
  readonly report: FaultReport;
  /** Told of every attempt: how long it took, in seconds, and the fault or refusal it ended with. */
  readonly measured: (seconds: number, error: string | undefined) => void;
}

export interface Lane {
  readonly ledger: Ledger;
  /** Bytes that may still be added. */
  room(): number;
  /** Items that wait, without those under way. */
  waiting(): number;
  /** Takes a request with its items. It is sent in a turn of the event loop of its own. */
  put(body: Uint8Array, items: number): void;
  /** Takes what another process has left. */
  adopt(found: Found): void;
  /** Tries now. Resolves when all that is here is settled; rejects with the first attempt that fails. */
  flush(): Promise<void>;
  /** What is here, for who sends it in our place. */
  pending(): readonly Delivery[];
  close(): void;
}

interface Batch {
  /** Undefined while it lies in the spool alone. */
  body: Uint8Array | undefined;
  readonly size: number;
  readonly items: number;
  readonly since: number;
  readonly kept: Kept | undefined;
}

interface Waiter {
  readonly open: Set<Batch>;
  resolve(): void;
  reject(cause: Error): void;
}

export function createLane(options: LaneOptions): Lane {
  const { destination, ledger, maxBytes, maxAge, report, measured } = options;
  const backoff = createBackoff();
  const waiting: Batch[] = [];
  const underWay = new Set<Batch>();
  const waiters = new Set<Waiter>();
  let bytes = 0;
  const connection = createConnection(options.connect);
  let soon: NodeJS.Immediate | undefined;
  let later: NodeJS.Timeout | undefined;

  const pump = (): void => {
    clearTimeout(later);
    soon = later = undefined;
    giveUpTheOld();
    const parallel = options.inOrder || backoff.isBackingOff() ? 1 : PARALLEL;
    const delay = backoff.remaining();
    if (delay > 0) {
      if (waiting.length > 0) later = setTimeout(pump, delay).unref();
      return;
    }
    while (underWay.size < parallel) {
      const batch = waiting.shift();
      if (batch === undefined) return;
      void attempt(batch);
    }
  };

  const giveUpTheOld = (): void => {
    const oldest = performance.now() - maxAge;
    while (waiting[0] !== undefined && waiting[0].since < oldest) {
      const batch = waiting.shift() as Batch;
      ledger.drop('expired', batch.items);
      ledger.requests.failed++;
      leave(batch);
    }
  };

  const attempt = async (batch: Batch): Promise<void> => {
    underWay.add(batch);
    ledger.underWay += batch.items;
    const start = performance.now();
    // The one timer that is not unref'd.
    const held = backoff.isBackingOff() ? undefined : setTimeout(() => {}, options.hold);
    const outcome = await send(batch);
    clearTimeout(held);
    // The end of the process may have been faster.
    if (!underWay.delete(batch)) return;
    ledger.underWay -= batch.items;
    if (outcome === undefined) {
      ledger.drop('spool_lost', batch.items);
      leave(batch);
    } else {
      measured((performance.now() - start) / 1000, errorOf(outcome));
      settle(batch, outcome);
    }
    pump();
  };

  /** Undefined: there is nothing any more to be sent. */
  const send = async ({ body, kept }: Batch): Promise<Outcome | undefined> => {
    const content = body ?? (await kept?.read().catch(() => undefined));
    return content && connection.send(content);
  };

  const settle = (batch: Batch, outcome: Outcome): void => {
    report(outcome);
    if (outcome.kind !== 'delivered') {
      for (const waiter of waiters) if (waiter.open.has(batch)) waiter.reject(new Error(outcome.reason));
    }
    if (outcome.kind !== 'failed') {
      backoff.reset();
      ledger.settle(batch.items, outcome);
      return leave(batch);
    }
    backoff.failed(outcome.after);
    insert(waiting, batch);
  };

  const leave = (batch: Batch): void => {
    if (batch.body !== undefined) bytes -= batch.size;
    batch.kept?.remove();
    for (const waiter of waiters) {
      waiter.open.delete(batch);
      if (waiter.open.size === 0) waiter.resolve();
    }
  };

  /** In a long outage the youngest wait on disk. */
  const relieve = (): void => {
    for (const batch of waiting.toReversed()) {
      if (bytes <= maxBytes / 2) return;
      if (batch.body === undefined || batch.kept?.isWritten() !== true) continue;
      batch.body = undefined;
      bytes -= batch.size;
    }
  };

  return {
    ledger,
    room: () => maxBytes - bytes,
    waiting: () => ledger.queued() - ledger.underWay,
    put(body, items) {
      bytes += body.length;
      waiting.push({ body, size: body.length, items, since: performance.now(), kept: options.keep?.(items, body) });
      if (bytes > maxBytes / 2) relieve();
      // Not within the call of the application that filled the batch, and not if that was its last.
      soon ??= setImmediate(pump).unref();
    },
    adopt({ size, items, age, kept }) {
      ledger.ended += items;
      insert(waiting, { body: undefined, size, items, since: performance.now() - age, kept });
      soon ??= setImmediate(pump).unref();
    },
    flush() {
      const open = new Set([...underWay, ...waiting]);
      if (open.size === 0) return Promise.resolve();
      const flushed = new Promise<void>((resolve, reject) => {
        const waiter: Waiter = { open, resolve, reject };
        waiters.add(waiter);
        const forget = (): void => void waiters.delete(waiter);
        waiter.resolve = () => (forget(), resolve());
        waiter.reject = (cause) => (forget(), reject(cause));
      });
      backoff.tryNow();
      pump();
      return flushed;
    },
    pending() {
      const here = [...underWay, ...waiting];
      // Before anything is tried: there may be no time for it afterwards.
      for (const { body, kept } of here) if (body !== undefined) kept?.writeNow(body);
      let room = maxBytes - bytes;
      return here.flatMap((batch) => {
        const { kept, size } = batch;
        // What is on disk alone goes too, as far as it may be in memory.
        const body = batch.body ?? (size <= room ? kept?.readNow() : undefined);
        if (body === undefined) return [];
        if (batch.body === undefined) room -= size;
        const settleAtExit = (outcome: Outcome): void => {
          if (underWay.delete(batch)) ledger.underWay -= batch.items;
          else waiting.splice(waiting.indexOf(batch), 1);
          // What is kept waits for the next process.
          if (outcome.kind === 'failed' && kept?.isWritten() === true) return;
          ledger.settle(batch.items, outcome);
          leave(batch);
        };
        return [{ to: destination, body, settle: settleAtExit }];
      });
    },
    close() {
      clearImmediate(soon);
      clearTimeout(later);
      connection.close();
    },
  };
}

/** Back to its place by age. */
function insert(waiting: Batch[], batch: Batch): void {
  const at = waiting.findIndex(({ since }) => since > batch.since);
  waiting.splice(at === -1 ? waiting.length : at, 0, batch);
}

const errorOf = (outcome: Outcome): string | undefined =>
  outcome.kind === 'delivered' ? undefined : outcome.kind === 'refused' ? 'refused' : outcome.fault;
