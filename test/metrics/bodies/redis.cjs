'use strict';
module.exports = async ({ createClient }) => {
  const client = createClient({ url: 'redis://127.0.0.1:6379' });
  await client.connect();
  const key = `firstlight:${process.pid}`;
  await client.set(key, 'text', { EX: 10 });
  await client.lPush(key, '1').catch(() => {});
  await client.multi().get(key).get(key).exec();
  await client.close();
};
