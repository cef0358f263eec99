'use strict';
const connection = { host: '127.0.0.1', port: 6379, maxRetriesPerRequest: null };

module.exports = async ({ Queue, Worker, FlowProducer }) => {
  const name = `firstlight-${process.pid}`;
  const queue = new Queue(name, { connection });
  const flows = new FlowProducer({ connection });
  let ended = 0;
  const worker = new Worker(
    name,
    async (job) => {
      if (job.name === 'bad') throw new Error('no luck');
    },
    { connection },
  );
  const all = new Promise((resolve) => {
    for (const event of ['completed', 'failed']) worker.on(event, () => ++ended === 6 && resolve());
  });
  await queue.add('good', {});
  await queue.addBulk(['good', 'good', 'bad'].map((job) => ({ name: job, data: {} })));
  await flows.add({
    name: 'flow',
    queueName: name,
    opts: {},
    children: [{ name: 'child', queueName: name, opts: {} }],
  });
  await all;
  await worker.close();
  await queue.obliterate({ force: true });
  await Promise.all([queue.close(), flows.close()]);
  console.log(name);
};
