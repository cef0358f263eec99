import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLane, type Lane, type LaneOptions } from '../../src/delivery/lane.ts';
import { createLedger } from '../../src/delivery/ledger.ts';
import { failed, type Outcome } from '../../src/delivery/outcome.ts';
import { otlp } from '../signals/plans.ts';

// The sources take their time where an application that plays with the clock does not reach it.
vi.mock('../../src/clock.ts', () => ({ now: () => performance.now() }));
vi.mock('node:timers', () => ({
  setTimeout: (run: () => void, milliseconds: number) => setTimeout(run, milliseconds),
  clearTimeout: (timer: NodeJS.Timeout) => clearTimeout(timer),
  setImmediate: (run: () => void) => setImmediate(run),
  clearImmediate: (timer: NodeJS.Immediate) => clearImmediate(timer),
}));

const OK: Outcome = { kind: 'delivered', rejected: 0 };

/** A receiver that the test answers for. */
function receiver(more: Partial<LaneOptions> = {}) {
  const asked: { readonly body: string; readonly answer: (outcome: Outcome) => void }[] = [];
  let connections = 0;
  const lane = createLane({
    destination: { signal: 'traces', plan: otlp('http://127.0.0.1:1/v1/traces') },
    ledger: createLedger(),
    maxBytes: 1000,
    maxAge: 60_000,
    hold: 10,
    inOrder: false,
    connect() {
      connections++;
      return {
        send: (body) => new Promise((answer) => void asked.push({ body: Buffer.from(body).toString(), answer })),
        close() {},
      };
    },
    report() {},
    measured() {},
    ...more,
  });
  return { lane, asked, connections: () => connections };
}

/** As a batcher does. */
function put(lane: Lane, text: string, items = 1): void {
  lane.ledger.take(items);
  lane.put(Buffer.from(text), items);
}

function balance({ ledger }: Lane): void {
  const dropped = [...ledger.dropped.values()].reduce((sum, items) => sum + items, 0);
  expect(ledger.delivered + ledger.queued + dropped).toBe(ledger.ended);
}

beforeEach(
  () =>
    void vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance', 'Date'],
    }),
);
afterEach(() => void vi.useRealTimers());
const turn = (milliseconds = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

test('sends in parallel, so that one that hangs does not stop the rest', async () => {
  const { lane, asked } = receiver();
  for (let i = 0; i < 10; i++) put(lane, `${i}`);
  expect(asked).toEqual([]);
  await turn();
  expect(asked.map(({ body }) => body)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
  for (let i = 1; i < 8; i++) asked[i]?.answer(OK);
  await turn();
  expect(asked.map(({ body }) => body).slice(8)).toEqual(['8', '9']);
  expect(lane.ledger).toMatchObject({ delivered: 7, underWay: 3 });
  balance(lane);
});

test('asks a receiver that fails by one request at a time, the oldest first, and goes on at full speed when it is back', async () => {
  const { lane, asked } = receiver();
  for (let i = 0; i < 4; i++) put(lane, `${i}`);
  await turn();
  for (const { answer } of asked.splice(0)) answer(failed('busy', '503'));
  await turn();
  expect([asked.length, lane.ledger.queued, lane.ledger.underWay]).toEqual([0, 4, 0]);
  await turn(1300);
  expect(asked.map(({ body }) => body)).toEqual(['0']);
  asked[0]?.answer(OK);
  await turn();
  expect(asked.map(({ body }) => body)).toEqual(['0', '1', '2', '3']);
  balance(lane);
});

test('a receiver that cannot be reached is looked for anew', async () => {
  const { lane, asked, connections } = receiver();
  put(lane, 'a');
  await turn();
  asked.pop()?.answer(failed('unreachable', 'ECONNREFUSED'));
  await turn(1300);
  expect([asked.length, connections()]).toEqual([1, 2]);
});

test('one that is tried in vain again and again lets the others pass', async () => {
  const { lane, asked } = receiver({ maxAge: 600_000 });
  put(lane, 'poison');
  for (let i = 0; i < 3; i++) put(lane, `good ${i}`);
  for (let i = 0; i < 20; i++) {
    await turn(11_000);
    for (const { body, answer } of asked.splice(0)) answer(body === 'poison' ? failed('broken', 'reset') : OK);
  }
  expect([lane.ledger.delivered, lane.ledger.queued]).toEqual([3, 1]);
  balance(lane);
});

test('a batch holds the process for a moment after it was sealed, and not for as long as others are sent before it', async () => {
  const { lane, asked } = receiver({ hold: 200, inOrder: true });
  for (let i = 0; i < 5; i++) put(lane, `${i}`);
  const isHeld = (): boolean => vi.getTimerCount() > 0;
  await turn();
  expect([isHeld(), asked.length]).toEqual([true, 1]);
  await turn(150);
  asked[0]?.answer(OK);
  await turn();
  expect([isHeld(), asked.length]).toEqual([true, 2]);
  await turn(60);
  asked[1]?.answer(OK);
  await turn();
  expect([isHeld(), asked.length]).toEqual([false, 3]);
});

test('what cannot even be connected is a failure, not a throw', async () => {
  const { lane } = receiver({
    connect() {
      throw new Error('no such file');
    },
  });
  put(lane, 'a');
  await expect(Promise.all([lane.flush(), turn()])).rejects.toThrow('no such file');
  expect(lane.ledger.queued).toBe(1);
});

test('gives up what is too old', async () => {
  const { lane, asked } = receiver({ maxAge: 5000 });
  put(lane, 'a', 3);
  await turn();
  asked.pop()?.answer(failed('slow', 'no answer'));
  await turn(4000);
  for (const { answer } of asked.splice(0)) answer(failed('slow', 'no answer'));
  await turn(20_000);
  for (const { answer } of asked.splice(0)) answer(failed('slow', 'no answer'));
  await turn(20_000);
  expect(Object.fromEntries(lane.ledger.dropped)).toEqual({ expired: 3 });
  expect(lane.room()).toBe(1000);
  balance(lane);
});

test('counts what is refused, and what is rejected of a batch', async () => {
  const { lane, asked } = receiver();
  put(lane, 'a', 5);
  put(lane, 'b', 7);
  await turn();
  asked[0]?.answer({ kind: 'refused', reason: '400' });
  asked[1]?.answer({ kind: 'delivered', rejected: 2 });
  await turn();
  expect(lane.ledger.delivered).toBe(5);
  expect(Object.fromEntries(lane.ledger.dropped)).toEqual({ rejected: 7 });
  balance(lane);
});

test('a receiver that says it rejected more than it got is not believed', async () => {
  const { lane, asked } = receiver();
  put(lane, 'a', 5);
  await turn();
  asked[0]?.answer({ kind: 'delivered', rejected: 99 });
  await turn();
  expect(Object.fromEntries(lane.ledger.dropped)).toEqual({ rejected: 5 });
  balance(lane);
});

test('room counts what waits and what is under way', async () => {
  const { lane, asked } = receiver();
  put(lane, 'abc');
  put(lane, 'de');
  expect(lane.room()).toBe(995);
  await turn();
  expect([lane.room(), lane.ledger.queued - lane.ledger.underWay]).toEqual([995, 0]);
  asked[0]?.answer(OK);
  await turn();
  expect(lane.room()).toBe(998);
});

test('in order means one at a time', async () => {
  const { lane, asked } = receiver({ inOrder: true });
  put(lane, 'a');
  put(lane, 'b');
  await turn();
  expect(asked.map(({ body }) => body)).toEqual(['a']);
  asked[0]?.answer(OK);
  await turn();
  expect(asked.map(({ body }) => body)).toEqual(['a', 'b']);
});

test('a flush does not wait for the pause to end, and ends with what was there when it began', async () => {
  const { lane, asked } = receiver();
  put(lane, 'a');
  await turn();
  asked.pop()?.answer(failed('busy', '503'));
  await turn();
  const flushed = lane.flush();
  put(lane, 'later');
  asked.pop()?.answer(OK);
  await turn();
  await flushed;
  await expect(receiver().lane.flush()).resolves.toBeUndefined();
});

test('at the end everything undelivered is handed over, under way or not, and booked once', async () => {
  const { lane, asked } = receiver();
  for (let i = 0; i < 10; i++) put(lane, `${i}`);
  await turn();
  asked[0]?.answer(OK);
  await turn();
  const left = lane.pending();
  expect(
    left
      .map(({ body }) => Buffer.from(body).toString())
      .toSorted()
      .join(''),
  ).toBe('123456789');
  for (const [index, { settle }] of left.entries()) settle(index === 0 ? failed('slow', 'no') : OK);
  // The answers come after all.
  for (const { answer } of asked) answer(OK);
  await turn();
  expect(lane.ledger).toMatchObject({ delivered: 9, underWay: 0 });
  expect(Object.fromEntries(lane.ledger.dropped)).toEqual({ exit: 1 });
  expect(lane.pending()).toEqual([]);
  balance(lane);
});
