'use strict';
const { createServer } = require('node:http');
const { once } = require('node:events');

module.exports = async ({ request, fetch: itsOwn }) => {
  const server = createServer((asked, response) => response.end('ok')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  await (await request(`${url}/request`)).body.text();
  await (await itsOwn(`${url}/its-own`)).text();
  await (await fetch(`${url}/of-node`)).text();
  server.close();
  server.closeAllConnections();
};
