/** Fills batches with what ends, and seals them when they are full or old enough. */
import * as diag from '../diag.ts';
import type { Lane } from './lane.ts';
import type { OpenBatch } from './otlp/encoding.ts';

/** Bytes at which a batch is sealed whatever it holds: receivers limit what they take, gRPC to 4 MiB by default. */
const FULL = 2_097_152;

export interface BatcherOptions {
  /** What the items are called in a sentence. */
  readonly items: string;
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

export function createBatcher<Item>(lane: Lane, batch: OpenBatch<Item>, options: BatcherOptions): Batcher<Item> {
  const { items, maxItems, delay, maxQueue = Infinity, isReady, onFull } = options;
  const { ledger } = lane;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const seal = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const count = batch.items;
    if (count > 0) lane.put(batch.seal(), count);
  };
  const sealWhenReady = (): void => {
    if (isReady()) return seal();
    timer?.refresh();
    timer ??= setTimeout(sealWhenReady, delay).unref();
  };
  const dropFull = (): void => {
    ledger.drop('queue_full', 1);
    onFull();
  };

  return {
    add(item) {
      ledger.ended++;
      if (stopped) return ledger.drop('already_shutdown', 1);
      // Without the one that has just been counted.
      if (lane.waiting() > maxQueue) return dropFull();
      try {
        if (!batch.add(item, lane.room() - batch.bytes)) return dropFull();
      } catch (cause) {
        ledger.drop('encoding_failed', 1);
        return diag.limited(`encoding ${items}`, `one of the ${items} cannot be encoded and is dropped`, cause);
      }
      if (batch.items >= maxItems || batch.bytes >= FULL) sealWhenReady();
      else timer ??= setTimeout(sealWhenReady, delay).unref();
    },
    seal,
    stop() {
      stopped = true;
      seal();
    },
  };
}
