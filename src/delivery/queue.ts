import type { Kept } from './spool/kept.ts';

/** A sealed request that nobody has yet. */
export interface Batch {
  /** Undefined while it lies in the spool alone. */
  body: Uint8Array | undefined;
  readonly size: number;
  readonly items: number;
  /** On the clock of `performance.now()`. */
  readonly since: number;
  /** The same of this process: what an earlier one has left has waited for longer. */
  readonly here: number;
  attempts: number;
  readonly kept: Kept | undefined;
}

/** What waits, bounded by the bytes it takes up in memory; those of what has been taken out count until it has left. */
export interface Queue {
  readonly waiting: readonly Batch[];
  /** Bytes that may still be added. */
  room(): number;
  add(batch: Batch): void;
  /** Takes out what is to be tried next. */
  next(): Batch | undefined;
  /** Puts back what was not taken, to its place by age. */
  putBack(batch: Batch): void;
  /** Takes out what has waited since before then. */
  olderThan(since: number): readonly Batch[];
  /** It is settled. */
  leave(batch: Batch): void;
}

/** `inOrder`: the oldest is always next. Else one that is tried in vain again and again lets the others pass. */
export function createQueue(maxBytes: number, inOrder: boolean): Queue {
  let waiting: Batch[] = [];
  let bytes = 0;

  /** In a long outage the youngest of what is in the spool wait there alone. */
  const relieve = (): void => {
    for (let i = waiting.length - 1; i >= 0 && bytes > maxBytes / 2; i--) {
      const batch = waiting[i] as Batch;
      if (batch.body === undefined || batch.kept?.isWritten() !== true) continue;
      batch.body = undefined;
      bytes -= batch.size;
    }
  };
  return {
    get waiting() {
      return waiting;
    },
    room: () => maxBytes - bytes,
    add(batch) {
      if (batch.body !== undefined) bytes += batch.size;
      this.putBack(batch);
      if (batch.kept !== undefined) relieve();
    },
    next() {
      let at = 0;
      if (!inOrder) {
        for (let i = 1; i < waiting.length; i++) {
          if ((waiting[i] as Batch).attempts < (waiting[at] as Batch).attempts) at = i;
        }
      }
      return at === 0 ? waiting.shift() : waiting.splice(at, 1)[0];
    },
    putBack(batch) {
      const at = waiting.findIndex(({ since }) => since > batch.since);
      waiting.splice(at === -1 ? waiting.length : at, 0, batch);
    },
    olderThan(since) {
      const old = waiting.filter((batch) => batch.since < since);
      if (old.length > 0) waiting = waiting.filter((batch) => batch.since >= since);
      return old;
    },
    leave(batch) {
      if (batch.body !== undefined) bytes -= batch.size;
      batch.kept?.remove();
      const at = waiting.indexOf(batch);
      if (at !== -1) waiting.splice(at, 1);
    },
  };
}
