'use strict';
const { createServer } = require('node:http');
const requests = require('./requests.cjs');

module.exports = async ({ Pool }) => {
  const pool = new Pool({ host: '127.0.0.1', user: 'postgres', database: 'test', max: 1 });
  const server = createServer(async (request, response) => {
    const { rows } = await pool.query('SELECT $1::text AS word', ['s3cr3t']);
    response.end(rows[0].word.length.toString());
  });
  await requests(server, '/');
  await pool.end();
};
