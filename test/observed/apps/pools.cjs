const scrape = require('./scrape.cjs');

const optional = (name) => {
  try {
    return require(name);
  } catch {
    return undefined;
  }
};

void (async () => {
  const ends = [];
  const pg = optional('pg');
  if (pg !== undefined) {
    const url = 'postgres://postgres:s3cr3t@127.0.0.1:5432';
    const first = new pg.Pool({ connectionString: `${url}/test`, max: 2 });
    const second = new pg.Pool({ connectionString: `${url}/postgres`, max: 5 });
    const gone = new pg.Pool({ connectionString: `${url}/template1`, max: 3 });
    await gone.query('SELECT 1');
    await scrape.once();
    await gone.end();
    const clients = await Promise.all([first.connect(), first.connect(), second.connect()]);
    const waiting = first.query('SELECT 1');
    await second.query('SELECT 1');
    ends.push(async () => {
      for (const client of clients) client.release();
      await waiting;
      await Promise.all([first.end(), second.end()]);
    });
  }
  const at = { host: '127.0.0.1', user: 'root', database: 'mysql' };
  const mysql2 = optional('mysql2');
  if (mysql2 !== undefined) {
    const callbacks = mysql2.createPool({ ...at, connectionLimit: 2 });
    const promises = require('mysql2/promise').createPool({
      ...at,
      database: 'information_schema',
      connectionLimit: 3,
    });
    const [held] = await Promise.all([promises.getConnection(), promises.query('SELECT 1')]);
    const connection = () =>
      new Promise((resolve, reject) =>
        callbacks.getConnection((error, made) => (error ? reject(error) : resolve(made))),
      );
    const both = [await connection(), await connection()];
    const waiting = connection();
    ends.push(async () => {
      held.release();
      for (const each of both) each.release();
      (await waiting).destroy();
      await promises.end();
      await callbacks.promise().end();
    });
  }
  const mysql = optional('mysql');
  if (mysql !== undefined) {
    const pool = mysql.createPool({ ...at, port: 3306, database: 'performance_schema', connectionLimit: 4 });
    const connection = await new Promise((resolve, reject) =>
      pool.getConnection((error, made) => (error ? reject(error) : resolve(made))),
    );
    ends.push(async () => {
      connection.release();
      await new Promise((resolve) => pool.end(resolve));
    });
  }
  await scrape();
  for (const end of ends) await end();
})();
