/** What workers have measured, as the main thread hears it; the workers here say no more than is needed. */
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { BroadcastChannel, Worker } from 'node:worker_threads';
import { emptyResource } from '@opentelemetry/resources';
import { afterEach, expect, test, vi } from 'vitest';
import { fromWorkers, type FromWorkers } from '../../src/threads/from-workers.ts';

const CODE = `
const { BroadcastChannel, threadId, workerData, parentPort } = require('node:worker_threads');
const channel = new BroadcastChannel('firstlight ' + workerData.version);
const measured = () => channel.postMessage({ measured: { by: threadId, scopeMetrics: [] } });
channel.onmessage = ({ data }) => data.collect !== undefined && setTimeout(measured, workerData.delay);
channel.postMessage({ hello: threadId });
parentPort.on('message', () => {
  parentPort.postMessage('blocked');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
parentPort.postMessage('ready');`;

const heard = vi.fn<(worker: number) => void>();
const gone = vi.fn<(worker: number) => void>();
const workers: Worker[] = [];
let main: FromWorkers;

afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
  await main.shutdown?.();
  vi.resetAllMocks();
});

async function start(count: number, delay = 0): Promise<readonly Worker[]> {
  main = fromWorkers(emptyResource(), [], [], { heard, gone });
  for (let index = 0; index < count; index++) {
    const worker = new Worker(CODE, { eval: true, workerData: { version: FIRSTLIGHT_VERSION, delay } });
    workers.push(worker);
    await once(worker, 'message');
  }
  await main.forceFlush?.();
  return workers;
}

async function millisecondsOf(work: Promise<void>): Promise<number> {
  const start = performance.now();
  await work;
  return performance.now() - start;
}

test('one that is blocked is waited for once; the others are waited for until they have answered', async () => {
  const [blocked, other] = await start(2);
  blocked!.postMessage('block');
  await once(blocked!, 'message');
  expect(await millisecondsOf(main.collect(1000))).toBeGreaterThan(950);
  heard.mockClear();
  for (let count = 1; count <= 3; count++) {
    expect(await millisecondsOf(main.collect(5000))).toBeLessThan(2500);
    expect(heard.mock.calls.map(([worker]) => worker)).toEqual(Array.from({ length: count }, () => other!.threadId));
  }
});

test('requests at the same time wait for the same answers, each to its end', async () => {
  await start(2, 100);
  const ends = await Promise.all([main.collect(5000), main.collect(5000)].map(millisecondsOf));
  for (const end of ends) expect(end).toBeLessThan(2500);
  expect(heard).toHaveBeenCalledTimes(2);
});

test('what a terminated one has said last is counted, and does not bring it back', async () => {
  await start(0);
  const order: string[] = [];
  heard.mockImplementation(() => void order.push('heard'));
  gone.mockImplementation(() => void order.push('gone'));
  // As Node has it when a thread ends between two turns of this one.
  const worker = { threadId: 1000 };
  channel('worker_threads').publish({ worker });
  const its = new BroadcastChannel(`firstlight ${FIRSTLIGHT_VERSION}`);
  its.postMessage({ hello: 1000 });
  its.postMessage({ measured: { by: 1000, scopeMetrics: [] } });
  its.close();
  worker.threadId = -1;
  await main.collect(1000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(order).toEqual(['heard', 'gone']);
});
