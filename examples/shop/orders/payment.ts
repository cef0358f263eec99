import { setTimeout as wait } from 'node:timers/promises';
import { paymentsProcessed } from './business-metrics.ts';

/** Stands for a payment provider: takes a moment, and declines one card. */
export async function charge(card: string): Promise<boolean> {
  await wait(5);
  const approved = card !== 'declined';
  paymentsProcessed.add(1, { result: approved ? 'approved' : 'declined' });
  return approved;
}
