/** Nobody but us asks this queue for anything. */
const { Queue } = require('bullmq');
const scrape = require('./scrape.cjs');

void (async () => {
  const queue = new Queue('firstlight-asked', { connection: { host: '127.0.0.1', port: 6379 } });
  await queue.waitUntilReady();
  await scrape();
  await queue.close();
})();
