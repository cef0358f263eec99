'use strict';
const { createServer } = require('node:http');
const requests = require('./requests.cjs');

const connection = { host: '127.0.0.1', port: 6379, maxRetriesPerRequest: null };

module.exports = async ({ Queue, Worker, FlowProducer }) => {
  const name = `firstlight-${process.pid}`;
  // FIRSTLIGHT_TEST_OWN_TELEMETRY: the application brings its own, and must keep it.
  const telemetry = process.env.FIRSTLIGHT_TEST_OWN_TELEMETRY === undefined ? undefined : ownTelemetry();
  const queue = new Queue(name, { connection, ...(telemetry && { telemetry }) });
  const flows = new FlowProducer({ connection, ...(telemetry && { telemetry }) });
  const ended = [];
  const worker = new Worker(
    name,
    async (job) => {
      if (job.name === 'bad') throw new Error('no luck');
      return { word: 's3cr3t' };
    },
    { connection, ...(telemetry && { telemetry }) },
  );
  const all = new Promise((resolve) => {
    for (const event of ['completed', 'failed']) worker.on(event, (job) => ended.push(job.name) === 3 && resolve());
  });
  const server = createServer(async (request, response) => {
    await queue.add('good', {});
    await queue.add('bad', {});
    // BullMQ passes the trace on to a job of a flow only where that has options.
    await flows.add({ name: 'flow', queueName: name, opts: {} });
    response.end('added');
  });
  await requests(server, '/');
  await all;
  console.log(new Set(ended).size, Queue.name, queue instanceof Queue);
  await worker.close();
  await queue.obliterate({ force: true });
  await Promise.all([queue.close(), flows.close()]);
};

function ownTelemetry() {
  const span = {
    setSpanOnContext: (context) => context,
    setAttribute() {},
    setAttributes() {},
    addEvent() {},
    recordException() {},
    end() {},
  };
  return {
    tracer: {
      startSpan(name) {
        console.log(`own ${name.split(' ')[0]}`);
        return span;
      },
    },
    contextManager: {
      with: (context, run) => run(),
      active: () => ({}),
      getMetadata: () => '{}',
      fromMetadata: () => ({}),
    },
  };
}
