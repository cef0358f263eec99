import { setTimeout } from 'node:timers';

/** Milliseconds for which the application may have to wait at a time. */
const SLICE = 2;

/**
 * Runs the steps to their end, and lets others have their turn between them. It keeps nothing alive: requests to the file
 * system in the usual way, which are asynchronous, would.
 */
export function sliced<T, R>(steps: Iterator<T, R>, each: (value: T) => void = () => {}): Promise<R> {
  return new Promise((resolve, reject) => {
    const slice = (): void => {
      const until = performance.now() + SLICE;
      try {
        do {
          const step = steps.next();
          if (step.done === true) return resolve(step.value);
          each(step.value);
        } while (performance.now() < until);
        // Not an immediate: one that keeps nothing alive does not wake a process that has nothing else to do either.
        setTimeout(slice, 0).unref();
      } catch (cause) {
        reject(cause);
      }
    };
    slice();
  });
}
