/** Distinct users within the last five minutes: exact up to 100,000, and no less than that beyond. */
import { hash } from 'node:crypto';
import type { Meter } from '@opentelemetry/api';
import { now } from '../clock.ts';
import { detached } from '../detached.ts';
import * as diag from '../diag.ts';
import { observable } from './instrument.ts';

/** Milliseconds. */
const WINDOW = 5 * 60_000;
const MOST = 100_000;
/** Characters of what is kept as it is; a UUID has 36. */
const LONGEST = 40;
/** Milliseconds: who is seen more often is not moved each time. */
const GRAIN = 1000;

export interface UserCount {
  mark(id: string, at: number): void;
  size(at: number): number;
}

/** Who was seen longest ago comes first: `at` never decreases. */
export function countUsers(most = MOST): UserCount {
  const seen = new Map<string, number>();
  const forget = (at: number): void => {
    for (const [id, last] of seen) {
      if (at - last < WINDOW) return;
      seen.delete(id);
    }
  };
  return {
    mark(id, at) {
      const last = seen.get(id);
      if (last !== undefined && at - last < GRAIN) return;
      if (last === undefined) {
        if (seen.size >= most) forget(at);
        if (seen.size >= most) return;
      } else seen.delete(id);
      // It may be a part of a request's.
      seen.set(detached(id), at);
    },
    size(at) {
      forget(at);
      return seen.size;
    },
  };
}

export function createActiveUsers(meter: Meter): (id: unknown) => void {
  const users = countUsers();
  observable(meter, 'firstlight.active_users').addCallback((result) => result.observe(users.size(now())));
  return (id) => {
    if (typeof id === 'string' && id !== '') users.mark(id.length > LONGEST ? hash('sha256', id, 'base64') : id, now());
    else if (typeof id === 'number' && Number.isFinite(id)) users.mark(String(id), now());
    else
      diag.limited(
        'markActiveUser',
        `markActiveUser: expected a text or a number, got ${diag.describe(id).slice(0, 100) || "''"}; it is not counted`,
      );
  };
}
