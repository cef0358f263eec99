import { setImmediate } from 'node:timers/promises';

/** Milliseconds for which the application may have to wait at a time. */
const SLICE = 2;

/** Runs to the end, and lets others have their turn between its steps. */
export async function sliced<T, R>(steps: Generator<T, R>, each: (value: T) => void = () => {}): Promise<R> {
  let until = performance.now() + SLICE;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    each(step.value);
    if (performance.now() < until) continue;
    await setImmediate(undefined, { ref: false });
    until = performance.now() + SLICE;
  }
}
