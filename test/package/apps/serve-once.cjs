'use strict';
const { get } = require('node:http');

/** Answers one request of its own, tells what runs, and ends. */
module.exports = function serveOnce(app, status) {
  app.get('/users/:id', (_request, response) => response.json({}));
  const server = app.listen(0, '127.0.0.1', () => {
    get({ port: server.address().port, host: '127.0.0.1', path: '/users/42', agent: false }, (response) => {
      response.resume().on('end', () => {
        console.log(
          JSON.stringify({
            http: response.statusCode,
            samePid: status()?.pid === process.pid,
            version: status()?.version,
          }),
        );
        server.close();
      });
    });
  });
};
