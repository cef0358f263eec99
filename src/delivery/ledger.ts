import type { Outcome } from './outcome.ts';

/**
 * Why an item was dropped. `queue_full`: the queue holds all it may; `encoding_failed`: it cannot be encoded;
 * `already_shutdown`: Firstlight has ended; `rejected`: the receiver does not want it; `expired`: it has waited too long;
 * `spool_lost`: it was in the spool alone and is there no more; `exit`: the process ended before anybody took it.
 */
export type DropReason =
  | 'queue_full'
  | 'encoding_failed'
  | 'already_shutdown'
  | 'rejected'
  | 'expired'
  | 'spool_lost'
  | 'exit';

/** The account of one lane, in items (for metrics data points): ended = delivered + dropped + queued. */
export interface Ledger {
  ended: number;
  delivered: number;
  /** Sent, and not answered yet; part of what is queued. */
  underWay: number;
  /** Requests, each with many items, by the way they ended. */
  readonly requests: { delivered: number; failed: number };
  readonly dropped: ReadonlyMap<DropReason, number>;
  queued(): number;
  drop(reason: DropReason, items: number): void;
  /** Books a batch by the outcome it ends with. */
  settle(items: number, outcome: Outcome): void;
}

export function createLedger(): Ledger {
  const dropped = new Map<DropReason, number>();
  return {
    ended: 0,
    delivered: 0,
    underWay: 0,
    requests: { delivered: 0, failed: 0 },
    dropped,
    queued() {
      let rest = this.ended - this.delivered;
      for (const items of dropped.values()) rest -= items;
      return rest;
    },
    drop: (reason, items) => void dropped.set(reason, (dropped.get(reason) ?? 0) + items),
    settle(items, outcome) {
      this.requests[outcome.kind === 'delivered' ? 'delivered' : 'failed']++;
      if (outcome.kind === 'delivered') {
        const rejected = Math.min(outcome.rejected, items);
        this.delivered += items - rejected;
        if (rejected > 0) this.drop('rejected', rejected);
      } else this.drop(outcome.kind === 'refused' ? 'rejected' : 'exit', items);
    },
  };
}
