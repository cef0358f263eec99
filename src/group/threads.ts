import type { ScopeMetrics } from '@opentelemetry/sdk-metrics';
import type { ThreadsHeard } from '../collected.ts';
import type { ThreadValues } from './frames.ts';
import { merge, sumsOf, type MergeOptions } from './merge.ts';
import { freeNumber } from './numbers.ts';

/** What the threads of this process have last said. */
export interface Threads extends ThreadsHeard {
  values(): readonly ThreadValues[];
}

/** Ended threads whose values are added up at once: one for each task is common, and to add up takes time. */
const BATCH = 16;
/** Threads that are told apart. */
const MAX_THREADS = 256;

export function createThreads(options: MergeOptions): Threads {
  /** By the id of the thread, which never comes again; the number does. */
  const living = new Map<number, { readonly number: number; scopeMetrics: readonly ScopeMetrics[] }>();
  let ended: (readonly ScopeMetrics[])[] = [];
  const addUp = (): void => {
    if (ended.length > 1)
      ended = [
        merge(
          ended.map((scopeMetrics) => ({ scopeMetrics })),
          options,
        ),
      ];
  };
  return {
    heard(thread, scopeMetrics) {
      const known = living.get(thread);
      if (known !== undefined) known.scopeMetrics = scopeMetrics;
      else if (living.size < MAX_THREADS) {
        const number = freeNumber(Array.from(living.values(), (each) => each.number));
        living.set(thread, { number, scopeMetrics });
      }
    },
    gone(thread) {
      const last = living.get(thread);
      if (last === undefined) return;
      living.delete(thread);
      ended.push(sumsOf(last.scopeMetrics));
      if (ended.length >= BATCH) addUp();
    },
    values() {
      addUp();
      return [
        ...Array.from(living.values(), ({ number, scopeMetrics }) => ({ thread: number, scopeMetrics })),
        ...ended.map((scopeMetrics) => ({ scopeMetrics })),
      ];
    },
  };
}
