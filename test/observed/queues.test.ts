/** Depth, lag and dead letters of queues, and what the application tells of its own. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { INSTALL_TIMEOUT } from '../support/install.ts';
import { testWith } from '../support/servers.ts';
import { install, runFile, type App } from '../instrumentations/library.ts';
import { of, runFixture, runObserved, type Printed } from './observed.ts';

const folders: Partial<Record<App, string>> = {};
beforeAll(async () => {
  for (const app of ['libraries', 'former', 'older'] as const) folders[app] = await install(app);
}, 3 * INSTALL_TIMEOUT);

const withRabbit = await testWith('RabbitMQ');
const withRedis = await testWith('Redis');

const DEPTH = 'firstlight_queue_depth';
const DEAD_LETTERS = 'firstlight_queue_dead_letters_total';
const fixture = join(import.meta.dirname, 'fixtures/queues-and-users.mjs');

function expectQuietEnd({ code, stderr }: Printed): void {
  expect(stderr).toBe('');
  expect(code).toBe(0);
}

describe.each(['parentbased_always_on', 'always_off'])('sampled by %s', (sampler) => {
  const env = { OTEL_TRACES_SAMPLER: sampler };

  withRedis.each(['libraries', 'former'] as const)('bullmq of %s', async (app) => {
    const printed = await runObserved(folders[app] ?? '', 'bullmq', env);
    const depth = (state: string, jobs: number): string =>
      `{messaging_system="bullmq",queue="firstlight-observed",state="${state}"} ${jobs}`;
    expect(of(printed, DEPTH)).toEqual([
      depth('active', 0),
      depth('delayed', 1),
      depth('failed', 2),
      depth('prioritized', 1),
      depth('waiting', 2),
    ]);
    // Three attempts failed, two jobs did.
    expect(of(printed, DEAD_LETTERS)).toEqual(['{messaging_system="bullmq",queue="firstlight-observed"} 2']);
    expect(of(printed, 'firstlight_cache')).toEqual([]);
    // The application's listeners are its own.
    expect(printed.lines[0]).toBe('0 0');
    expectQuietEnd(printed);
  });

  withRabbit.each(['libraries', 'older'] as const)('amqplib of %s, by both of its interfaces', async (app) => {
    const printed = await runObserved(folders[app] ?? '', 'amqplib', env);
    const depth = (queue: string, messages: number): string =>
      `{messaging_system="rabbitmq",queue="firstlight-observed-${queue}"} ${messages}`;
    expect(of(printed, DEPTH)).toEqual([
      depth('callbacks', 1),
      depth('waits', 2),
      depth('work', 2),
      depth('callbacks', 1),
      depth('waits', 3),
      depth('work', 2),
    ]);
    expect(of(printed, DEAD_LETTERS).slice(0, 2)).toEqual([depth('waits', 1), depth('work', 5)]);
    // That of the connection itself, the application's, and one of ours.
    expect(printed.lines.at(-1)).toBe('channels 3');
    expectQuietEnd(printed);
  });
});

withRedis('what is asked to know a depth is in no trace', async () => {
  const folder = folders.libraries ?? '';
  const env = { FIRSTLIGHT_INSTRUMENTATION_IOREDIS_REQUIRE_PARENT_SPAN: 'false' };
  expect(of(await runObserved(folder, 'bullmq-asked', env), DEPTH)).toHaveLength(5);
  const { spans, end } = await runFile(join(folder, 'observed/bullmq-asked.cjs'), {
    env: {
      ...env,
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_EXPORTER_PROMETHEUS_PORT: String(await freePort()),
    },
  });
  expect(end.stdout).toContain(DEPTH);
  const commands = spans.filter(({ attributes }) => attributes['db.system.name'] === 'redis').map(({ name }) => name);
  expect(commands).toContain('info');
  expect(commands.filter((name) => name.startsWith('eval'))).toEqual([]);
});

test('kafkajs: the lag of groups, and none of a consumer that has stopped', async () => {
  const printed = await runObserved(folders.older ?? '', 'kafkajs');
  const lag = (group: string, queue: string, messages: number): string =>
    `{messaging_consumer_group_name="${group}",messaging_system="kafka",queue="${queue}"} ${messages}`;
  expect(of(printed, 'firstlight_queue_lag')).toEqual([
    lag('audit', 'mails', 0),
    lag('audit', 'orders', 100),
    lag('shop', 'orders', 17),
    lag('shop', 'orders', 14),
  ]);
  expectQuietEnd(printed);
});

describe('registerQueue', () => {
  test('what answers is served, and what does not costs one line', async () => {
    const printed = await runFixture([fixture]);
    expect(of(printed, DEPTH)).toEqual([
      '{queue="gone"} 1',
      '{queue="mails"} 7',
      '{queue="orders"} 4',
      '{queue="mails"} 7',
      '{queue="orders"} 4',
    ]);
    // One that hangs is not called again.
    expect(printed.lines.at(-1)).toBe('asked 1');
    const about = (queue: string, what: string): string =>
      `firstlight: registerQueue: no depth of the queue "${queue}": ${what}`;
    expect(printed.diagnostics.toSorted()).toEqual(
      [
        about('throws', 'no luck'),
        about('rejects', 'no luck'),
        about('negative', 'expected a number from 0 on, got -1'),
        about('nan', 'expected a number from 0 on, got NaN'),
        about('text', 'expected a number from 0 on, got 12'),
        about('hangs', 'no answer within 800 ms'),
        "firstlight: registerQueue: the name must be a text of 1 to 255 characters, got ''; the call is ignored",
      ].toSorted(),
    );
    expect(printed.code).toBe(0);
    expect(of(printed, 'firstlight_active_users')).toEqual([]);
  });

  test('does nothing without a running Firstlight', async () => {
    const source = `
      import { markActiveUser, registerQueue } from ${JSON.stringify(join(import.meta.dirname, '../../dist/index.js'))};
      registerQueue('orders', () => { throw new Error('called'); })();
      markActiveUser('a');`;
    const { code, stderr } = await runFixture(['--input-type=module', '--eval', source], {}, []);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });
});

test('users who were marked, or named by the span of a request, are counted once', async () => {
  const printed = await runFixture([fixture, 'users']);
  expect(of(printed, 'firstlight_active_users')).toEqual([' 5', ' 5']);
  expect(printed.diagnostics).toContain(
    'firstlight: markActiveUser: expected a text or a number, got undefined; it is not counted',
  );
});
