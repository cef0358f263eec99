import express, { type ErrorRequestHandler, type Express } from 'express';
import { userSignups } from './business-metrics.ts';
import type { Cache } from './cache.ts';
import { log } from './log.ts';
import type { OrdersClient } from './orders-client.ts';

interface Parts {
  readonly cache: Cache;
  readonly orders: OrdersClient;
}

/** Seconds that a product may be older than what the orders service knows. */
const PRODUCT_TTL = 30;

export function createApp({ cache, orders }: Parts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: '10kb' }));

  app.get('/', (_request, response) => {
    response.json({ shop: 'Firstlight', products: '/products' });
  });

  app.get('/products', async (_request, response) => {
    const { status, body } = await orders.get('/products');
    response.status(status).json(body);
  });

  app.get('/products/:id', async (request, response) => {
    const key = `product:${request.params.id}`;
    const cached = await cache.read(key);
    if (cached !== undefined) {
      response.type('json').send(cached);
      return;
    }
    const { status, body } = await orders.get(`/products/${encodeURIComponent(request.params.id)}`);
    if (status === 200) await cache.write(key, JSON.stringify(body), PRODUCT_TTL);
    response.status(status).json(body);
  });

  app.post('/signup', async (request, response) => {
    const { status, body } = await orders.post('/customers', request.body);
    if (status === 201) {
      userSignups.add(1, { plan: 'free' });
      log.info('customer signed up');
    }
    response.status(status).json(body);
  });

  app.post('/checkout', async (request, response) => {
    const { status, body } = await orders.post('/orders', request.body);
    if (status === 201) log.info('checkout complete', body);
    else log.warn('checkout refused', { status, ...body });
    response.status(status).json(body);
  });

  app.use((request, response) => {
    log.warn('not found', { path: request.path });
    response.status(404).json({ error: 'not found' });
  });

  app.use(onError);
  return app;
}

// Express tells an error handler by its four parameters.
const onError: ErrorRequestHandler = (error: Error, request, response, _next) => {
  log.error('request failed', { method: request.method, path: request.path, reason: error.message });
  response.status(500).json({ error: 'internal error' });
};
