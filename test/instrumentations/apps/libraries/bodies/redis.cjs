'use strict';
module.exports = async ({ createClient }) => {
  const client = createClient({ url: 'redis://127.0.0.1:6379' });
  await client.connect();
  const key = `firstlight:${process.pid}`;
  await client.set(key, 's3cr3t', { expiration: { type: 'EX', value: 10 } });
  await client.get(key);
  await client.close();
};
