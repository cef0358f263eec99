import Fastify, { type FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import type { FulfilmentQueue } from '../fulfilment/queue.ts';
import { placeOrder, type OrderRequest } from './place-order.ts';

interface Parts {
  readonly database: Pool;
  readonly queue: FulfilmentQueue;
}

interface ById {
  Params: { id: number };
}

const byId = { schema: { params: { type: 'object', properties: { id: { type: 'integer' } } } } };

const orderRequest = {
  schema: {
    body: {
      type: 'object',
      required: ['productId', 'card'],
      properties: {
        productId: { type: 'integer' },
        quantity: { type: 'integer', minimum: 1, maximum: 10, default: 1 },
        card: { type: 'string' },
      },
    },
  },
};

const customer = {
  schema: { body: { type: 'object', required: ['email'], properties: { email: { type: 'string', maxLength: 254 } } } },
};

/** The only service that speaks to the database. */
export function createApp({ database, queue }: Parts): FastifyInstance {
  const app = Fastify({ logger: true });

  app.get('/products', async () => {
    const { rows } = await database.query('SELECT id, name, price_cents FROM shop.products ORDER BY id');
    return { products: rows };
  });

  app.get<ById>('/products/:id', byId, async (request, reply) => {
    const { rows } = await database.query('SELECT id, name, price_cents FROM shop.products WHERE id = $1', [
      request.params.id,
    ]);
    return rows[0] ?? reply.code(404).send({ error: 'no such product' });
  });

  app.post<{ Body: { email: string } }>('/customers', customer, async (request, reply) => {
    const { rowCount } = await database.query('INSERT INTO shop.customers (email) VALUES ($1) ON CONFLICT DO NOTHING', [
      request.body.email,
    ]);
    return rowCount === 1
      ? reply.code(201).send({ welcome: true })
      : reply.code(409).send({ error: 'already signed up' });
  });

  app.post<{ Body: OrderRequest }>('/orders', orderRequest, async (request, reply) => {
    const result = await placeOrder(database, request.body);
    if (result.outcome === 'unavailable') return reply.code(409).send({ error: 'product unavailable' });
    if (result.outcome === 'declined') {
      request.log.warn({ productId: request.body.productId }, 'payment declined');
      return reply.code(402).send({ error: 'payment declined' });
    }
    await queue.add(result.orderId);
    request.log.info({ orderId: result.orderId }, 'order placed');
    return reply.code(201).send({ orderId: result.orderId });
  });

  app.get<ById>('/orders/:id', byId, async (request, reply) => {
    const { rows } = await database.query(
      'SELECT id, product_id, quantity, total_cents, status FROM shop.orders WHERE id = $1',
      [request.params.id],
    );
    return rows[0] ?? reply.code(404).send({ error: 'no such order' });
  });

  app.post<ById>('/orders/:id/shipment', byId, async (request, reply) => {
    await database.query("UPDATE shop.orders SET status = 'shipped' WHERE id = $1", [request.params.id]);
    return reply.code(204).send();
  });

  return app;
}
