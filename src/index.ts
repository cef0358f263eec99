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
