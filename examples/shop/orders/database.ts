import { Pool } from 'pg';

const SCHEMA = `
  CREATE SCHEMA IF NOT EXISTS shop;
  CREATE TABLE IF NOT EXISTS shop.products (
    id int PRIMARY KEY, name text NOT NULL, price_cents int, stock int NOT NULL
  );
  CREATE TABLE IF NOT EXISTS shop.customers (email text PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS shop.orders (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id int NOT NULL REFERENCES shop.products,
    quantity int NOT NULL,
    total_cents int NOT NULL,
    status text NOT NULL DEFAULT 'paid'
  );
  -- Product 4 has no price yet, although it can be ordered: the fault that the demo shows.
  INSERT INTO shop.products (id, name, price_cents, stock) VALUES
    (1, 'Telescope', 24900, 1000), (2, 'Star chart', 1200, 1000), (3, 'Red torch', 1900, 1000), (4, 'Meteorite', NULL, 1000)
  ON CONFLICT (id) DO UPDATE SET stock = excluded.stock;
`;

/** A pool of at most `size` connections to a database that has the shop's tables and full shelves. */
export async function openDatabase(url: string | undefined, size: number): Promise<Pool> {
  const pool = new Pool({ ...(url !== undefined && { connectionString: url }), max: size });
  pool.on('error', (error) => console.error(error.message));
  await pool.query(SCHEMA);
  return pool;
}
