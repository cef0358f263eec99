'use strict';
const { createServer } = require('node:http');
const requests = require('../../instrumentations/apps/libraries/bodies/requests.cjs');

module.exports = async (Redis) => {
  const client = new Redis({ host: '127.0.0.1' });
  const key = `firstlight:${process.pid}`;
  const server = createServer(async (_request, response) => {
    await client.set(key, 'text', 'EX', 10);
    for (let i = 0; i < 12; i++) await client.get(key);
    await client.lpush(key, 1).catch(() => {});
    await client.pipeline().get(key).get(key).exec();
    response.end('done');
  });
  await requests(server, '/');
  client.disconnect();
};
