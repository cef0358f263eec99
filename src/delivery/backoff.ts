import { now } from '../clock.ts';

/** Milliseconds until the second attempt, the factor of each further one, and the longest wait. */
const FIRST = 1000;
const FACTOR = 1.5;
const LONGEST = 10_000;
const JITTER = 0.2;

/** How long to leave a receiver alone that has failed. */
export interface Backoff {
  /** Milliseconds; 0: it may be tried. */
  remaining(): number;
  isBackingOff(): boolean;
  /** `after`: what the receiver asks for, in milliseconds. */
  failed(after: number | undefined): void;
  reset(): void;
  tryNow(): void;
}

export function createBackoff(clock: () => number = now): Backoff {
  let failures = 0;
  let notBefore = 0;
  return {
    remaining: () => Math.max(0, Math.ceil(notBefore - clock())),
    isBackingOff: () => failures > 0,
    failed(after) {
      const time = clock();
      // Of several that were under way when the receiver went the first counts.
      if (time < notBefore) return;
      const delay = Math.min(FIRST * FACTOR ** failures, LONGEST) * (1 + JITTER * (2 * Math.random() - 1));
      failures++;
      // Whoever asks to come back at once gets no more than anybody else.
      notBefore = time + Math.max(after ?? 0, delay);
    },
    reset() {
      failures = notBefore = 0;
    },
    tryNow() {
      notBefore = 0;
    },
  };
}
