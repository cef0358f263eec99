'use strict';
// A server of the application's own.
const { createServer } = require('node:http');
const next = require('next');

const app = next({ dev: false, dir: __dirname });
void (async () => {
  await app.prepare();
  const server = createServer(app.getRequestHandler());
  server.listen(0, '127.0.0.1', () => console.log(`http://localhost:${server.address().port}`));
})();
