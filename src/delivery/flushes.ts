import type { Batch } from './queue.ts';

/** Those who wait until all that was there when they asked is settled, or an attempt fails. */
export interface Flushes {
  /** Resolves when all of `open` are settled; rejects with the first attempt that fails. */
  wait(open: readonly Batch[]): Promise<void>;
  settled(batch: Batch): void;
  failed(batch: Batch, reason: string): void;
}

interface Waiter {
  readonly open: Set<Batch>;
  end(reason?: string): void;
}

export function createFlushes(): Flushes {
  const waiters = new Set<Waiter>();
  return {
    wait(open) {
      if (open.length === 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          open: new Set(open),
          end(reason) {
            waiters.delete(waiter);
            if (reason === undefined) resolve();
            else reject(new Error(reason));
          },
        };
        waiters.add(waiter);
      });
    },
    settled(batch) {
      for (const { open, end } of waiters) if (open.delete(batch) && open.size === 0) end();
    },
    failed(batch, reason) {
      for (const { open, end } of waiters) if (open.has(batch)) end(reason);
    },
  };
}
