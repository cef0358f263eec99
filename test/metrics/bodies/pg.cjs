'use strict';
const { createServer } = require('node:http');
const requests = require('../../instrumentations/apps/libraries/bodies/requests.cjs');

const connection = { host: '127.0.0.1', user: 'postgres', database: 'test' };

module.exports = async ({ Pool, Client }) => {
  const pool = new Pool({ ...connection, max: 1 });
  const server = createServer(async ({ url }, response) => {
    response.end(String(await routes[url](pool, Client)));
  });
  await requests(server, ...process.env.ROUTES.split(','));
  await pool.end();
};

const routes = {
  async '/hundred'(pool) {
    for (let i = 0; i < 100; i++) await pool.query(`SELECT ${i}`);
    return 'done';
  },
  async '/loop'(pool) {
    for (let i = 0; i < 12; i++) await pool.query('SELECT $1::int AS id', [i]);
    await pool.query('SELECT 1');
    return 'done';
  },
  '/fails': (pool) => pool.query('SELECT * FROM not_there').catch(({ code }) => code),
  '/slow': async (pool) => (await pool.query('SELECT pg_sleep(0.3)')).rowCount,
  async '/deadlock'(_pool, Client) {
    const table = `firstlight_deadlock_${process.pid}`;
    const clients = [new Client(connection), new Client(connection)];
    for (const client of clients) await client.connect();
    const [first, second] = clients;
    await first.query(`CREATE TABLE ${table} AS SELECT generate_series(1, 2) AS id, 0 AS n`);
    try {
      const update = (client, id) => client.query(`UPDATE ${table} SET n = n + 1 WHERE id = ${id}`);
      for (const client of clients) await client.query("BEGIN; SET LOCAL deadlock_timeout = '10ms'");
      await update(first, 1);
      await update(second, 2);
      const ends = await Promise.allSettled([
        update(first, 2).finally(() => first.query('ROLLBACK')),
        update(second, 1).finally(() => second.query('ROLLBACK')),
      ]);
      return ends.map(({ reason }) => reason?.code ?? '').join('');
    } finally {
      await first.query(`DROP TABLE ${table}`);
      for (const client of clients) await client.end();
    }
  },
};
