import { setImmediate } from 'node:timers/promises';

/** Milliseconds for which the application may have to wait at a time. */
const SLICE = 2;

/** When the slice of this turn of the event loop ends; 0: it has not begun. */
let ends = 0;
let next: Promise<void> | undefined;

/**
 * Asked between the steps of what takes long: what to wait for, where others should have their turn now. It holds the
 * process for that turn: at its end what is being collected is to be sent.
 */
export function othersTurn(): Promise<void> | undefined {
  const now = performance.now();
  if (ends !== 0 && now < ends) return undefined;
  const isOver = ends !== 0;
  if (!isOver) ends = now + SLICE;
  next ??= nextTurn();
  return isOver ? next : undefined;
}

async function nextTurn(): Promise<void> {
  await setImmediate();
  ends = 0;
  next = undefined;
}
