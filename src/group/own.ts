/** What this process alone has collected: the main thread's values and those of its threads. */
import type { Resource } from '@opentelemetry/resources';
import type { Collected, Collecting } from '../collected.ts';
import type { ThreadValues } from './frames.ts';
import type { Threads } from './threads.ts';

export interface OwnValues {
  readonly resource: Resource;
  readonly threads: readonly ThreadValues[];
}

export interface Own {
  collect(timeout: number): Promise<OwnValues>;
  /** At the end of the process. */
  collectNow(): OwnValues;
}

/** Milliseconds by which threads answer earlier than whoever asked for them is asked. */
const AHEAD = 100;

/** `reader`: of this thread. `askThreads` resolves when all that can have answered, or in time. */
export function createOwn(reader: Collecting, threads: Threads, askThreads: (timeout: number) => Promise<void>): Own {
  const withThreads = ({ resource, scopeMetrics }: Collected): OwnValues => ({
    resource,
    threads: [{ thread: 0, scopeMetrics }, ...threads.values()],
  });
  return {
    async collect(timeout) {
      const [own] = await Promise.all([reader.collect(timeout), askThreads(Math.max(0, timeout - AHEAD))]);
      return withThreads(own);
    },
    collectNow: () => withThreads(reader.collectNow()),
  };
}
