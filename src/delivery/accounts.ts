/** What the ledgers say, for `status()`, and for the one line at the end of a process that has lost something. */
import type { Account } from '../instance.ts';
import type { Lane } from './lane.ts';
import { receiverOf } from './fault-report.ts';
import type { Signal } from './transport.ts';

export const accountOf = ({ destination, ledger }: Lane): Account => ({
  destination: receiverOf(destination),
  ended: ledger.ended,
  delivered: ledger.delivered,
  queued: ledger.queued,
  dropped: Object.fromEntries(ledger.dropped),
});

/** What the items of a signal are called in a sentence. */
export const ITEMS: Readonly<Record<Signal, string>> = {
  traces: 'spans',
  logs: 'log records',
  metrics: 'metric data points',
};

/** `12 of 5000 spans (10 queue_full, 2 exit)`; undefined where nothing was lost. */
export function lossOf({ destination: { signal }, ledger: { ended, dropped } }: Lane): string | undefined {
  if (dropped.size === 0) return undefined;
  let sum = 0;
  const reasons: string[] = [];
  for (const [reason, items] of dropped) {
    sum += items;
    reasons.push(dropped.size === 1 ? reason : `${items} ${reason}`);
  }
  return `${sum} of ${ended} ${ITEMS[signal]} (${reasons.join(', ')})`;
}
