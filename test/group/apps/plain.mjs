// Does what its standard input says, one order a line, and answers each with a line. It lives as long as that is open.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { metrics } from '@opentelemetry/api';

const meter = metrics.getMeter('app');
const jobs = meter.createCounter('jobs');
const seconds = meter.createHistogram('job.duration', { unit: 's' });
const open = meter.createUpDownCounter('jobs.open');
meter.createObservableGauge('level').addCallback((result) => result.observe(Math.random()));
const threads = [];

const orders = {
  work(count) {
    for (let n = 0; n < count; n++) {
      jobs.add(1, { kind: n % 2 === 0 ? 'even' : 'odd' });
      seconds.record(Math.random() * 10);
    }
    open.add(1);
  },
  block(ms) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  },
  listen: (port) =>
    new Promise((resolve) => {
      const server = createServer((_request, response) => response.end('the application'));
      server.on('listening', () => resolve('listens')).on('error', ({ code }) => resolve(code));
      server.listen(port, '127.0.0.1');
    }),
  thread: () =>
    new Promise((resolve) => {
      const worker = new Worker(new URL(import.meta.url));
      threads.push(worker);
      worker.on('message', resolve);
    }),
  tell: (index, order) =>
    new Promise((resolve) => {
      threads[index].once('message', resolve).once('exit', () => resolve('ended'));
      threads[index].postMessage(order.replaceAll('_', ' '));
    }),
  terminate: (index) => threads[index].terminate(),
  exit: (code) => process.exit(code),
  leave: () => (isMainThread ? process.stdin.destroy() : parentPort.close()),
};

// In the first turn: nothing of this process has been able to look who has the port.
if (isMainThread && process.argv[2] === 'listen')
  void orders.listen(Number(process.argv[3])).then((how) => console.log(how));

async function obey(line) {
  const [name, ...given] = line.split(' ');
  return String((await orders[name]?.(...given.map((word) => (/^\d+$/.test(word) ? Number(word) : word)))) ?? 'done');
}

if (isMainThread) {
  console.log(`ready ${process.pid}`);
  let last = Promise.resolve();
  createInterface({ input: process.stdin }).on('line', (line) => {
    last = last.then(async () => console.log(`> ${await obey(line)}`));
  });
} else {
  parentPort.postMessage('ready');
  parentPort.on('message', async (line) => parentPort.postMessage(await obey(line)));
}
