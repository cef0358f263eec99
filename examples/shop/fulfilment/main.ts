import { Worker } from 'bullmq';
import pino from 'pino';
import { stopGracefully } from '../graceful-stop.ts';
import { QUEUE } from './queue.ts';

const { ORDERS_URL = 'http://127.0.0.1:3001', REDIS_URL = 'redis://127.0.0.1:6379' } = process.env;

const log = pino({ name: 'fulfilment' });

const worker = new Worker<{ orderId: number }>(
  QUEUE,
  async ({ data: { orderId } }) => {
    const response = await fetch(`${ORDERS_URL}/orders/${orderId}/shipment`, { method: 'POST' });
    if (!response.ok) throw new Error(`orders answered ${response.status}`);
    log.info({ orderId }, 'order shipped');
  },
  { connection: { url: REDIS_URL } },
);
worker.on('error', (error) => log.error(error));
worker.on('failed', (job, error) => log.error({ orderId: job?.data.orderId, error: error.message }, 'shipment failed'));

await worker.waitUntilReady();
log.info('fulfilment listening');

stopGracefully(() => worker.close());
