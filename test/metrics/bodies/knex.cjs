'use strict';
const { createServer } = require('node:http');
const requests = require('../../instrumentations/apps/libraries/bodies/requests.cjs');

module.exports = async (knex) => {
  const db = knex({ client: 'pg', connection: { host: '127.0.0.1', user: 'postgres', database: 'test' } });
  const server = createServer(async (_request, response) => {
    for (let i = 0; i < 12; i++) await db('pg_class').where({ relname: `no-${i}` });
    response.end('done');
  });
  await requests(server, '/');
  await db.destroy();
};
