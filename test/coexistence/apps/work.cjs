'use strict';
const http = require('node:http');

/** Serves itself `amount` requests, one after the other; resolves when the last answer has been read. */
module.exports = (amount, around = (run) => run()) =>
  new Promise((resolve) => {
    const server = http.createServer((_request, response) => response.end('ok'));
    server.listen(0, '127.0.0.1', async () => {
      const { port } = server.address();
      const get = () =>
        new Promise((answered) => {
          http.get({ port, host: '127.0.0.1', agent: false }, (response) => response.resume().on('end', answered));
        });
      for (let i = 0; i < amount; i++) await around(get);
      server.close(resolve);
    });
  });
