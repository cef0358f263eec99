/** What this process alone has collected: the main thread's values and those of its threads. */
import type { Resource } from '@opentelemetry/resources';
import type { Collect, Collected } from '../collected.ts';
import type { ThreadValues } from './frames.ts';
import type { Threads } from './threads.ts';

/** The reader of this thread. */
export interface Reader {
  readonly collect: Collect;
  collectNow(): Collected;
}

export interface OwnValues {
  readonly resource: Resource;
  readonly threads: readonly ThreadValues[];
  readonly errors: readonly unknown[];
}

export interface Own {
  collect(timeout: number): Promise<OwnValues>;
  /** At the end of the process. */
  collectNow(): OwnValues;
}

/** Milliseconds by which threads answer earlier than whoever asked for them is asked. */
const AHEAD = 100;

/** `askThreads` resolves when all that can have answered, or in time. */
export function createOwn(reader: Reader, threads: Threads, askThreads: (timeout: number) => Promise<void>): Own {
  const withThreads = ({ resource, scopeMetrics, errors }: Collected): OwnValues => ({
    resource,
    errors,
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
