import { clearTimeout, setTimeout } from 'node:timers';

/** Resolves when the work is done, well or not, and after `ms` at the latest. Holds no process. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms).unref();
  });
  await Promise.race([work.catch(() => {}), late]);
  clearTimeout(timer);
}
