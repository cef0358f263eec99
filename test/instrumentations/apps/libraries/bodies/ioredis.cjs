'use strict';
const { createServer } = require('node:http');
const requests = require('./requests.cjs');

module.exports = async (Redis) => {
  const client = new Redis({ host: '127.0.0.1' });
  const key = `firstlight:${process.pid}`;
  const server = createServer(async (request, response) => {
    await client.set(key, 's3cr3t', 'EX', 10);
    response.end(String((await client.get(key)).length));
  });
  await requests(server, '/');
  client.disconnect();
};
