import type { Pool, PoolClient } from 'pg';
import { ordersCreated } from './business-metrics.ts';
import { charge } from './payment.ts';

export interface OrderRequest {
  readonly productId: number;
  readonly quantity: number;
  readonly card: string;
}

type OrderResult =
  | { readonly outcome: 'placed'; readonly orderId: number }
  | { readonly outcome: 'declined' }
  | { readonly outcome: 'unavailable' };

/** Takes the goods from the shelf, the money from the card, and writes the order: all three or none. */
export async function placeOrder(database: Pool, request: OrderRequest): Promise<OrderResult> {
  const client = await database.connect();
  try {
    await client.query('BEGIN');
    const result = await inTransaction(client, request);
    await client.query(result.outcome === 'placed' ? 'COMMIT' : 'ROLLBACK');
    if (result.outcome === 'placed') ordersCreated.add(1);
    return result;
  } catch (error) {
    // Where the connection itself is lost there is nothing to roll back, and the first error is the one to report.
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

async function inTransaction(client: PoolClient, { productId, quantity, card }: OrderRequest): Promise<OrderResult> {
  const taken = await client.query<{ total_cents: number }>(
    'UPDATE shop.products SET stock = stock - $2 WHERE id = $1 AND stock >= $2 RETURNING price_cents * $2 AS total_cents',
    [productId, quantity],
  );
  const product = taken.rows[0];
  if (product === undefined) return { outcome: 'unavailable' };
  const inserted = await client.query<{ id: number }>(
    'INSERT INTO shop.orders (product_id, quantity, total_cents) VALUES ($1, $2, $3) RETURNING id',
    [productId, quantity, product.total_cents],
  );
  const order = inserted.rows[0];
  if (order === undefined) throw new Error('the database returned no order');
  return (await charge(card)) ? { outcome: 'placed', orderId: order.id } : { outcome: 'declined' };
}
