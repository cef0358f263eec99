/** Messages, as spans of producers and consumers tell of them: one source for every library. */
import { beforeAll, expect, test } from 'vitest';
import { INSTALL_TIMEOUT } from '../support/install.ts';
import { testWith } from '../support/servers.ts';
import { counts, installs, runDriver } from './driver.ts';

let libraries = '';
let drivers = '';
beforeAll(async () => {
  libraries = await installs.libraries();
  drivers = await installs.drivers();
}, 2 * INSTALL_TIMEOUT);

const withRabbit = await testWith('RabbitMQ');
const withRedis = await testWith('Redis');

const SENT = 'messaging.client.sent.messages';
const CONSUMED = 'messaging.client.consumed.messages';
const PROCESSED = 'messaging.process.duration';

withRabbit.each([{}, { OTEL_TRACES_SAMPLER: 'always_off' }])('amqplib, by the queue (%o)', async (env) => {
  const seen = await runDriver(libraries, 'amqplib', { env });
  expect(seen.end.stderr).toBe('');
  const queue = seen.end.stdout.trim();
  expect(counts(seen, SENT, [])).toEqual({ [`rabbitmq ${queue} publish`]: 3 });
  const consumed = { [`rabbitmq ${queue} process`]: 2, [`rabbitmq ${queue} process _OTHER`]: 1 };
  expect(counts(seen, CONSUMED, [])).toEqual(consumed);
  expect(counts(seen, PROCESSED, [])).toEqual(consumed);
});

withRedis('bullmq: each job, also of a bulk and of a flow', async () => {
  const seen = await runDriver(libraries, 'bullmq');
  expect(seen.end.stderr).toBe('');
  const queue = seen.end.stdout.trim();
  expect(counts(seen, SENT, [])).toEqual({
    [`bullmq ${queue} add`]: 1,
    [`bullmq ${queue} addBulk`]: 3,
    [`bullmq ${queue} addNode`]: 2,
  });
  const consumed = { [`bullmq ${queue} process`]: 5, [`bullmq ${queue} process _OTHER`]: 1 };
  expect(counts(seen, CONSUMED, [])).toEqual(consumed);
  expect(counts(seen, PROCESSED, [])).toEqual(consumed);
});

test('kafkajs: once, though it would count as well', async () => {
  const seen = await runDriver(drivers, 'kafkajs');
  expect(seen.end.stdout).toBe('KafkaJSError\n');
  expect(seen.metrics.filter(({ name }) => name === SENT).map(({ scope }) => scope.name)).toEqual([
    'firstlight/operations',
  ]);
  expect(counts(seen, SENT, [])).toEqual({ 'kafka orders send KafkaJSError': 2 });
});
