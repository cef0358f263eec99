'use strict';
module.exports = async (knex) => {
  const db = knex({ client: 'pg', connection: { host: '127.0.0.1', user: 'postgres', database: 'test' } });
  console.log((await db('pg_class').select('relname').where('relname', 'pg_class')).length);
  await db.destroy();
};
