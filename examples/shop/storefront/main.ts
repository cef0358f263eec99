import { once } from 'node:events';
import { stopGracefully } from '../graceful-stop.ts';
import { createApp } from './app.ts';
import { noCache, redisCache } from './cache.ts';
import { log } from './log.ts';
import { ordersClient } from './orders-client.ts';

const { PORT = '3000', ORDERS_URL = 'http://127.0.0.1:3001', REDIS_URL } = process.env;

const cache = REDIS_URL === undefined ? noCache : redisCache(REDIS_URL);
const server = createApp({ cache, orders: ordersClient(ORDERS_URL) }).listen(Number(PORT), '127.0.0.1');
await once(server, 'listening');
log.info('storefront listening', { port: Number(PORT) });

stopGracefully(async () => {
  server.close();
  server.closeIdleConnections();
  await once(server, 'close');
  await cache.close();
  log.info('storefront stopped');
});
