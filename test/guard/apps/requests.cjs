'use strict';
// Serves itself `argv[2]` requests, then ends.
const http = require('node:http');

const server = http
  .createServer((request, response) => response.end('ok'))
  .listen(0, '127.0.0.1', () => {
    let left = Number(process.argv[2]);
    const next = () => {
      if (left-- === 0) server.close(() => console.log('application ends'));
      else
        http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, (response) =>
          response.resume().on('end', next),
        );
    };
    next();
  });
