/** Queues that the application tells of itself, by `registerQueue`. */
import * as diag from '../diag.ts';
import type { Depth, Observed } from '../observed.ts';

const MOST = 1000;
/** Characters of a name. */
const LONGEST = 255;

type Read = () => unknown;

export function createRegisteredQueues(depth: Observed['depth']): (name: unknown, read: unknown) => () => void {
  const registered = new Map<string, () => void>();
  return (name, read) => {
    const fault = faultOf(name, read);
    if (fault !== undefined) {
      diag.limited('registerQueue', `registerQueue: ${fault}; the call is ignored`);
      return () => {};
    }
    const queue = name as string;
    registered.get(queue)?.();
    registered.delete(queue);
    if (registered.size >= MOST) {
      diag.limited('registerQueue most', `registerQueue: more than ${MOST} queues; ${queue} is ignored`);
      return () => {};
    }
    const end = depth({
      read: () => depthOf(queue, read as Read),
      failed: (cause) =>
        diag.limited(`registerQueue ${queue}`, `registerQueue: no depth of the queue ${JSON.stringify(queue)}`, cause),
    });
    registered.set(queue, end);
    return () => {
      end();
      if (registered.get(queue) === end) registered.delete(queue);
    };
  };
}

function faultOf(name: unknown, read: unknown): string | undefined {
  if (typeof name !== 'string' || name === '' || name.length > LONGEST)
    return `the name must be a text of 1 to ${LONGEST} characters, got ${diag.describe(name).slice(0, LONGEST) || "''"}`;
  if (typeof read !== 'function')
    return `the second argument for ${JSON.stringify(name)} must be a function that returns its depth, got ${typeof read}`;
  return undefined;
}

function depthOf(queue: string, read: Read): readonly Depth[] | Promise<readonly Depth[]> {
  const toDepths = (value: unknown): readonly Depth[] => [{ attributes: { queue }, messages: numberOf(value) }];
  const answer = read();
  // Of any library: a promise is what has a `then`.
  const isPromise = typeof (answer as PromiseLike<unknown> | null | undefined)?.then === 'function';
  return isPromise ? Promise.resolve(answer).then(toDepths) : toDepths(answer);
}

function numberOf(value: unknown): number {
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value;
  throw new TypeError(`expected a number from 0 on, got ${diag.describe(value)}`);
}
