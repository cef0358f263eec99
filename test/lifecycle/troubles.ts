/** What may be wrong with a collector when a process ends. */
import type { Mode } from '../support/faulty-collector.ts';

/** A name that no resolver knows. */
export const UNRESOLVABLE = 'http://collector.invalid:4318';

export interface Trouble {
  readonly mode: Mode | typeof UNRESOLVABLE;
  /** Nothing can arrive. */
  readonly loses: boolean;
}

export const TROUBLES: readonly Trouble[] = [
  { mode: 'down', loses: true },
  { mode: 'hung', loses: true },
  { mode: { slow: 500 }, loses: false },
  { mode: { slow: 10_000 }, loses: true },
  { mode: 'drip', loses: true },
  { mode: 'reset', loses: true },
  { mode: { status: 429, retryAfter: 30 }, loses: true },
  { mode: { status: 503 }, loses: true },
  { mode: { status: 400 }, loses: true },
  { mode: 'redirect', loses: true },
  { mode: 'garbage', loses: true },
  { mode: 'truncated', loses: true },
  { mode: 'huge', loses: true },
  { mode: UNRESOLVABLE, loses: true },
];

export function nameOf(mode: Trouble['mode']): string {
  if (mode === UNRESOLVABLE) return 'no such host';
  if (typeof mode === 'string') return mode;
  if ('slow' in mode) return `slow ${mode.slow / 1000} s`;
  return 'status' in mode ? `status ${mode.status}` : `partial ${mode.partial}`;
}
