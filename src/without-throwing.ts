import * as diag from './diag.ts';

/** Runs what is ours inside of a call of the application's. What it throws is one line a minute. */
export function withoutThrowing(whatFailed: string, run: () => void): void {
  try {
    run();
  } catch (cause) {
    diag.limited(whatFailed, whatFailed, cause);
  }
}
