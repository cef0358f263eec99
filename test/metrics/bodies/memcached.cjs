'use strict';
const { createServer } = require('node:net');

/** A server that has nothing. */
module.exports = (Memcached) => {
  const server = createServer((socket) => socket.on('data', () => socket.write('END\r\n'))).listen(
    0,
    '127.0.0.1',
    () => {
      const client = new Memcached(`127.0.0.1:${server.address().port}`);
      client.get('key', (error) => {
        console.log('asked', error === undefined);
        // Its timers keep the process alive for minutes.
        process.exit(0);
      });
    },
  );
};
