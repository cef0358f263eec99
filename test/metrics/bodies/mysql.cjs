'use strict';
const { promisify } = require('node:util');

/** mysql, and mysql2 by its callbacks. */
module.exports = async (mysql) => {
  const pool = mysql.createPool({ host: '127.0.0.1', user: 'root', connectionLimit: 2 });
  const query = promisify(pool.query.bind(pool));
  await query('SELECT 1 AS one');
  await query('/* by hand */ select 2 AS two');
  await query('SELECT nothing FROM').catch(({ code }) => console.log(code));
  await deadlock(pool).catch(({ code }) => console.log(code));
  pool.end();
};

async function deadlock(pool) {
  const database = `firstlight_${process.pid}_${Date.now()}`;
  const connections = await Promise.all([1, 2].map(() => promisify(pool.getConnection.bind(pool))()));
  const [first, second] = connections.map((connection) => promisify(connection.query.bind(connection)));
  await first(`CREATE DATABASE ${database}`);
  try {
    await first(`CREATE TABLE ${database}.t (id INT PRIMARY KEY, n INT) ENGINE=InnoDB`);
    await first(`INSERT INTO ${database}.t VALUES (1, 0), (2, 0)`);
    const update = (query, id) => query(`UPDATE ${database}.t SET n = n + 1 WHERE id = ${id}`);
    await first('BEGIN');
    await second('BEGIN');
    await update(first, 1);
    await update(second, 2);
    const ends = await Promise.allSettled([
      update(first, 2).finally(() => first('ROLLBACK')),
      update(second, 1).finally(() => second('ROLLBACK')),
    ]);
    console.log(ends.map(({ reason }) => reason?.code ?? '').join(''));
  } finally {
    await first(`DROP DATABASE ${database}`);
    for (const connection of connections) connection.release();
  }
}
