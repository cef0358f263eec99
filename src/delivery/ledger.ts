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
  readonly ended: number;
  readonly delivered: number;
  readonly dropped: ReadonlyMap<DropReason, number>;
  /** Taken, and neither delivered nor dropped yet. */
  readonly queued: number;
  /** Of what is queued: sent, and not answered yet. */
  underWay: number;
  /** Requests, each with many items, by the way they ended. */
  readonly requests: { readonly delivered: number; readonly failed: number };
  /** Books what has ended and waits from now on. */
  take(items: number): void;
  /** Books what has ended and does not come in. */
  turnAway(reason: DropReason, items: number): void;
  /** Books a batch that nobody sends any more. */
  drop(reason: DropReason, items: number): void;
  /** Books a batch by the outcome it ends with. */
  settle(items: number, outcome: Outcome): void;
}

export function createLedger(): Ledger {
  const dropped = new Map<DropReason, number>();
  const requests = { delivered: 0, failed: 0 };
  const count = (reason: DropReason, items: number): void =>
    void dropped.set(reason, (dropped.get(reason) ?? 0) + items);
  const account = {
    ended: 0,
    delivered: 0,
    dropped,
    queued: 0,
    underWay: 0,
    requests,
    take(items: number) {
      account.ended += items;
      account.queued += items;
    },
    turnAway(reason: DropReason, items: number) {
      account.ended += items;
      count(reason, items);
    },
    drop(reason: DropReason, items: number) {
      account.queued -= items;
      requests.failed++;
      count(reason, items);
    },
    settle(items: number, outcome: Outcome) {
      if (outcome.kind !== 'delivered') return account.drop(outcome.kind === 'refused' ? 'rejected' : 'exit', items);
      const rejected = Math.min(outcome.rejected, items);
      account.queued -= items;
      account.delivered += items - rejected;
      requests.delivered++;
      if (rejected > 0) count('rejected', rejected);
    },
  };
  return account;
}
