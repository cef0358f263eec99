/**
 * The public API: what the application may ask of the Firstlight that was preloaded into it. Without one every call
 * is safe, does nothing and loads nothing.
 */
import { running, type Status } from './instance.ts';

export type { Status } from './instance.ts';

/** Version of this package. */
export const version: string = FIRSTLIGHT_VERSION;

/**
 * Sends what is pending: spans, log records, metrics. Resolves when it is delivered, given up, or after 2 s. Never
 * rejects. Without a running Firstlight it resolves at once.
 */
export async function flush(): Promise<void> {
  await running()?.flush();
}

/** What runs, where it exports to, which settings hold and where they come from; undefined where none was preloaded. */
export function status(): Status | undefined {
  return running()?.status();
}

/**
 * Serves the depth of a queue as `firstlight.queue.depth`. `depth` is called when somebody asks for metrics, and returns
 * the number of messages that wait, or a promise of it; what does not answer within 0.8 s is left out. A name that is
 * registered again takes the new function. Returns what ends it. At most 1000 queues.
 */
export function registerQueue(name: string, depth: () => number | PromiseLike<number>): () => void {
  return running()?.registerQueue(name, depth) ?? (() => {});
}

/** Counts a user as active for five minutes, in `firstlight.active_users`. The id itself is kept, but never sent. */
export function markActiveUser(id: string | number): void {
  running()?.markActiveUser(id);
}
