import { clearTimeout, setTimeout } from 'node:timers';

/** Resolves when the work is done, well or not, and after `ms` at the latest. Holds no process. */
export function within(ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms).unref();
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    work.then(done, done);
  });
}
