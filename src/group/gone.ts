/**
 * Members whose connection has ended. Their values are of processes that are gone, until one of them comes back: it tells
 * them itself then.
 */
import { clearTimeout, setTimeout } from 'node:timers';
import type { ThreadValues } from './frames.ts';
import type { Retired } from './retired.ts';

export interface Gone {
  /** A member of that id has gone, and this is what it has last said. */
  left(id: string, threads: readonly ThreadValues[]): void;
  /** It has come back: what it had said, which is a member's again. Undefined where that is not known. */
  back(id: string): readonly ThreadValues[] | undefined;
}

/** Members that may come back, and milliseconds in which they do: most of them have ended. */
const MAX_GONE = 64;
const AWAITED = 30_000;

export function createGone(retired: Retired): Gone {
  const gone = new Map<string, { readonly threads: readonly ThreadValues[]; readonly timer: NodeJS.Timeout }>();
  const forget = (id: string): void => {
    clearTimeout(gone.get(id)?.timer);
    gone.delete(id);
  };
  return {
    left(id, threads) {
      if (threads.length === 0) return;
      retired.add(threads);
      if (gone.size >= MAX_GONE) forget(gone.keys().next().value!);
      gone.set(id, { threads, timer: setTimeout(forget, AWAITED, id).unref() });
    },
    back(id) {
      const threads = gone.get(id)?.threads;
      forget(id);
      if (threads !== undefined) retired.add(threads, true);
      return threads;
    },
  };
}
