/** So that whoever asks without end, and a thousand at once, get no more than their share of the thread. */
import { setImmediate, setTimeout } from 'node:timers/promises';

/** The thread is the application's for so many times as long as it was ours, or waited for what we had asked for. */
const REST = 9;
/** Milliseconds; the answer has to come in time. */
const LONGEST_REST = 200;

export interface Paced<T> {
  /** One run for all who ask while it lasts, or while the thread rests after the last one. */
  ask(): Promise<T>;
  /** What is made of it later counts as well. */
  spent(milliseconds: number): void;
}

export function paced<T>(run: () => Promise<T>): Paced<T> {
  let running: Promise<T> | undefined;
  let restsUntil = 0;
  const spent = (milliseconds: number): void => {
    const now = performance.now();
    restsUntil = Math.min(now + LONGEST_REST, Math.max(now, restsUntil) + REST * milliseconds);
  };
  const begin = async (): Promise<T> => {
    const rest = restsUntil - performance.now();
    if (rest > 0) await setTimeout(rest, undefined, { ref: false });
    const begun = performance.now();
    try {
      return await run();
    } finally {
      running = undefined;
      spent(performance.now() - begun);
    }
  };
  return { ask: () => (running ??= begin()), spent };
}

/** Those who are let on in one turn of the event loop. */
const AT_A_TIME = 2;

/** Resolves in this turn of the event loop, or in one in which fewer want to go on. */
export function createTurns(): () => Promise<void> {
  let used = 0;
  let turn = Promise.resolve();
  /** All that has been let on before has had its turn by then. */
  const afterThis = (): Promise<void> => turn.then(() => setImmediate(undefined, { ref: false }));
  return () => {
    if (used++ % AT_A_TIME === 0) turn = used === 1 ? turn : afterThis();
    return turn;
  };
}
