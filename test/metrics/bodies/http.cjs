'use strict';
const http = require('node:http');

const server = http
  .createServer((_request, response) => response.end('answer'))
  .listen(0, '127.0.0.1', async () => {
    const url = `http://127.0.0.1:${server.address().port}/`;
    await (await fetch(url)).text();
    http.get(url, (response) => response.resume().on('end', () => (server.close(), server.closeAllConnections())));
  });
