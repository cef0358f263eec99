const { Queue, QueueEvents, Worker } = require('bullmq');
const scrape = require('./scrape.cjs');

const connection = { host: '127.0.0.1', port: 6379 };
const name = 'firstlight-observed';
const prefix = `firstlight-${process.pid}`;

void (async () => {
  const queue = new Queue(name, { connection, prefix });
  // One that is closed, and one whose Redis is not there: nothing of them, and nobody waits.
  await new Queue(`${name}-closed`, { connection, prefix }).close();
  const events = new QueueEvents(name, { connection, prefix });
  await queue.waitUntilReady();
  await events.waitUntilReady();
  await queue.add('once', {}, { attempts: 1 });
  await queue.add('twice', {}, { attempts: 2 });
  let tried = 0;
  const done = Promise.withResolvers();
  const worker = new Worker(
    name,
    async () => {
      tried++;
      throw new Error('no luck');
    },
    { connection, prefix },
  );
  console.log(worker.listenerCount('failed'), worker.listenerCount('error'));
  worker.on('failed', () => tried === 3 && done.resolve());
  await done.promise;
  await worker.close();
  await queue.add('waits', {});
  await queue.add('waits', {});
  await queue.add('later', {}, { delay: 60_000 });
  await queue.add('first', {}, { priority: 1 });
  await scrape();
  await queue.obliterate({ force: true });
  await events.close();
  await queue.close();
})();
