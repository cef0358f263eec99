'use strict';
module.exports = (Memcached) => {
  const client = new Memcached('127.0.0.1:1', { timeout: 100, retries: 0, remove: true });
  client.get('key', (error) => {
    console.log('asked', error !== undefined);
    // Its timers keep the process alive for minutes.
    process.exit(0);
  });
};
