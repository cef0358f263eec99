'use strict';
const { createServer } = require('node:http');
const { once } = require('node:events');

const server = createServer(function answer(request, response) {
  console.log('log %d', 1, { a: 1 });
  console.info('info');
  console.debug('debug');
  console.warn('warn');
  console.error(Object.assign(new Error('failed'), { stack: 'Error: failed' }));
  console.dir({ deep: { deeper: { deepest: 1 } } }, { depth: 1 });
  console.trace('trace');
  console.assert(false, 'assert');
  console.log('\u001b[31mcolour\u001b[39m');
  response.end();
}).listen(0, '127.0.0.1');
void answered();

async function answered() {
  await once(server, 'listening');
  await (await fetch(`http://127.0.0.1:${server.address().port}`)).text();
  server.close();
  server.closeAllConnections();
}
