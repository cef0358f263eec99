import * as diag from './diag.ts';

/** Runs what is ours inside of a call of the application's. What it throws is one line a minute. */
export function withoutThrowing<A extends readonly unknown[]>(
  whatFailed: string,
  run: (...args: A) => void,
  ...args: A
): void {
  try {
    run(...args);
  } catch (cause) {
    diag.limited(whatFailed, whatFailed, cause);
  }
}
