import { beforeEach, expect, test, vi } from 'vitest';
import { createBatcher, type BatcherOptions } from '../../src/delivery/batcher.ts';
import * as diag from '../../src/diag.ts';
import type { Lane } from '../../src/delivery/lane.ts';
import { createLedger } from '../../src/delivery/ledger.ts';
import type { OpenBatch } from '../../src/delivery/otlp/encoding.ts';

/** An item is a number of bytes; a negative one cannot be encoded. */
function open(): OpenBatch<number> {
  let held: number[] = [];
  return {
    add(item, room) {
      if (item < 0) throw new Error('cannot be encoded');
      if (item > room) return false;
      held.push(item);
      return true;
    },
    get items() {
      return held.length;
    },
    get bytes() {
      return held.reduce((sum, item) => sum + item, 0);
    },
    seal() {
      const bytes = new Uint8Array(held.reduce((sum, item) => sum + item, 0));
      held = [];
      return bytes;
    },
  };
}

function batcher(more: Partial<BatcherOptions<number>> = {}, maxBytes = 100_000_000) {
  const puts: { readonly bytes: number; readonly items: number }[] = [];
  let full = 0;
  const ledger = createLedger();
  const lane = {
    ledger,
    room: () => maxBytes - puts.reduce((sum, { bytes }) => sum + bytes, 0),
    put: (body: Uint8Array, items: number) => void puts.push({ bytes: body.length, items }),
  } as unknown as Lane;
  const made = createBatcher(lane, {
    items: 'spans',
    open,
    maxItems: 3,
    delay: 20,
    maxQueue: undefined,
    isReady: () => true,
    onFull: () => void full++,
    ...more,
  });
  return { ...made, puts, ledger, full: () => full };
}

beforeEach(() => void vi.spyOn(diag, 'limited').mockImplementation(() => {}));
const later = (milliseconds: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, milliseconds));

test('a batch is sealed when it is full, and when it is old enough', async () => {
  const { add, puts } = batcher();
  for (let i = 0; i < 7; i++) add(10);
  expect(puts).toEqual([
    { bytes: 30, items: 3 },
    { bytes: 30, items: 3 },
  ]);
  await later(100);
  expect(puts[2]).toEqual({ bytes: 10, items: 1 });
});

test('an item that is too large for what is in the batch gets one of its own', () => {
  const { add, seal, puts, ledger } = batcher({ maxItems: 100 });
  add(1_900_000);
  add(2_500_000);
  add(10);
  seal();
  expect(puts).toEqual([
    { bytes: 1_900_000, items: 1 },
    { bytes: 2_500_000, items: 1 },
    { bytes: 10, items: 1 },
  ]);
  expect([ledger.ended, ledger.queued]).toEqual([3, 3]);
});

test('while nobody knows whom the items are of full batches wait, each as large as it may be', async () => {
  let isReady = false;
  const { add, puts } = batcher({ isReady: () => isReady });
  for (let i = 0; i < 7; i++) add(10);
  await later(60);
  expect(puts).toEqual([]);
  isReady = true;
  await later(60);
  expect(puts.map(({ items }) => items)).toEqual([3, 3, 1]);
});

test('and take up room', () => {
  const { add, seal, puts, ledger, full } = batcher({ isReady: () => false }, 65);
  for (let i = 0; i < 10; i++) add(10);
  expect([full(), ledger.ended, ledger.queued, ledger.dropped.get('queue_full')]).toEqual([4, 10, 6, 4]);
  seal();
  expect(puts.map(({ bytes }) => bytes)).toEqual([30, 30]);
});

test('an item that cannot be encoded costs itself, and what comes after the end is counted', () => {
  const { add, stop, puts, ledger } = batcher();
  add(10);
  add(-1);
  add(10);
  stop();
  add(10);
  expect(puts).toEqual([{ bytes: 20, items: 2 }]);
  expect(Object.fromEntries(ledger.dropped)).toEqual({ encoding_failed: 1, already_shutdown: 1 });
  expect([ledger.ended, ledger.queued]).toEqual([4, 2]);
});

test('where somebody has set a number of items, it holds', () => {
  const { add, ledger, full } = batcher({ maxQueue: 5, maxItems: 100 });
  for (let i = 0; i < 9; i++) add(1);
  expect([full(), ledger.queued]).toEqual([4, 5]);
});

test('a batch that cannot be put together costs nobody else', () => {
  let broken = true;
  const { add, seal, puts, ledger } = batcher({
    open() {
      const batch = open();
      const { seal: whole } = batch;
      return Object.defineProperty(batch, 'seal', {
        value() {
          if (broken) throw new RangeError('Array buffer allocation failed');
          return whole();
        },
      });
    },
  });
  add(10);
  seal();
  broken = false;
  add(20);
  seal();
  expect(puts).toEqual([{ bytes: 20, items: 1 }]);
  expect([ledger.ended, ledger.queued, ledger.dropped.get('encoding_failed')]).toEqual([2, 1, 1]);
});
