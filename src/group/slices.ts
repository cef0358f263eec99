import { setTimeout } from 'node:timers';

/** Milliseconds of work, and of rest. */
const WORK = 4;
const REST = 2;

/**
 * Runs the steps to their end without holding up the event loop. Requests to the file system in the usual way, which are
 * asynchronous, would keep a process alive that has nothing else to do; what waits for these timers does not.
 */
export function inSlices<T>(steps: Iterator<void, T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const slice = (): void => {
      const until = performance.now() + WORK;
      try {
        do {
          const step = steps.next();
          if (step.done === true) return resolve(step.value);
        } while (performance.now() < until);
        setTimeout(slice, REST).unref();
      } catch (cause) {
        reject(cause);
      }
    };
    slice();
  });
}
