import { Queue } from 'bullmq';

export const QUEUE = 'fulfilment';

export interface FulfilmentQueue {
  add(orderId: number): Promise<unknown>;
  close(): Promise<unknown>;
}

export function fulfilmentQueue(redisUrl: string): FulfilmentQueue {
  const queue = new Queue<{ orderId: number }>(QUEUE, { connection: { url: redisUrl } });
  queue.on('error', (error) => console.error(error.message));
  return {
    add: (orderId) => queue.add('ship', { orderId }, { attempts: 3, removeOnComplete: true, removeOnFail: 100 }),
    close: () => queue.close(),
  };
}

/** Without Redis nobody ships: the order stays paid. */
export const noQueue: FulfilmentQueue = {
  add: async () => {},
  close: async () => {},
};
