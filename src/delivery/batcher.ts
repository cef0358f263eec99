/** Fills batches with what ends, and seals them when they are full or old enough. */
import { clearTimeout, setTimeout } from 'node:timers';
import * as diag from '../diag.ts';
import type { Lane } from './lane.ts';
import type { OpenBatch } from './otlp/encoding.ts';
import { outside } from './outside.ts';

/** Bytes of a batch, whatever it holds: receivers limit what they take, gRPC to 4 MiB by default. */
const FULL = 2_097_152;

export interface BatcherOptions<Item> {
  /** What the items are called in a sentence. */
  readonly items: string;
  readonly open: () => OpenBatch<Item>;
  readonly maxItems: number;
  /** Milliseconds until an item is on its way. */
  readonly delay: number;
  /** Items that may wait, where somebody set a number. */
  readonly maxQueue: number | undefined;
  /** Whether it is known whom the items are of. While it is not they wait, but at the end of the process. */
  readonly isReady: () => boolean;
  readonly onFull: () => void;
}

export interface Batcher<Item> {
  /** Encodes the item, or drops and counts it. Never throws. */
  add(item: Item): void;
  /** Gives what is open to the lane. */
  seal(): void;
  /** What comes from now on is dropped and counted. */
  stop(): void;
}

export function createBatcher<Item>(lane: Lane, options: BatcherOptions<Item>): Batcher<Item> {
  const { items, open, maxItems, delay, maxQueue = Infinity, isReady, onFull } = options;
  const { ledger } = lane;
  let batch = open();
  /** Full ones that cannot be sealed yet. */
  let full: OpenBatch<Item>[] = [];
  let bytesOfFull = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const seal = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const each of [...full, batch]) {
      const count = each.items;
      if (count === 0) continue;
      try {
        lane.put(each.seal(), count);
      } catch (cause) {
        ledger.drop('encoding_failed', count);
        diag.limited(`sealing ${items}`, `a batch of ${items} cannot be put together and is dropped`, cause);
        batch = open();
      }
    }
    full = [];
    bytesOfFull = 0;
  };
  const sealWhenReady = (): void => {
    timer = undefined;
    if (isReady()) seal();
    else sealLater();
  };
  const sealLater = (): void => void (timer ??= outside(() => setTimeout(sealWhenReady, delay).unref()));
  const sealFull = (): void => {
    if (isReady()) return seal();
    full.push(batch);
    bytesOfFull += batch.bytes;
    batch = open();
    sealLater();
  };

  /** False: there is no room. */
  const encode = (item: Item): boolean => {
    const room = lane.room() - bytesOfFull - batch.bytes;
    if (batch.add(item, Math.min(room, FULL - batch.bytes))) return true;
    // One that is too large for what is in the batch, or for any.
    if (batch.items > 0) sealFull();
    return batch.add(item, lane.room() - bytesOfFull);
  };

  return {
    add(item) {
      if (stopped) return ledger.turnAway('already_shutdown', 1);
      if (ledger.queued - ledger.underWay >= maxQueue) {
        ledger.turnAway('queue_full', 1);
        return onFull();
      }
      try {
        if (!encode(item)) {
          ledger.turnAway('queue_full', 1);
          return onFull();
        }
      } catch (cause) {
        ledger.turnAway('encoding_failed', 1);
        return diag.limited(`encoding ${items}`, `one of the ${items} cannot be encoded and is dropped`, cause);
      }
      ledger.take(1);
      if (batch.items >= maxItems || batch.bytes >= FULL) sealFull();
      else if (timer === undefined) sealLater();
    },
    seal,
    stop() {
      stopped = true;
      seal();
    },
  };
}
