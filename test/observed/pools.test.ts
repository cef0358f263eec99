/** Connections of pools, told apart by where they lead to. */
import { beforeAll, expect, test } from 'vitest';
import { INSTALL_TIMEOUT } from '../support/install.ts';
import { testWith } from '../support/servers.ts';
import { install, type App } from '../instrumentations/library.ts';
import { of, runObserved, type Printed } from './observed.ts';

const folders: Partial<Record<App, string>> = {};
beforeAll(async () => {
  for (const app of ['libraries', 'older'] as const) folders[app] = await install(app);
}, 2 * INSTALL_TIMEOUT);

const withDatabases = await testWith('PostgreSQL', 'MariaDB');
const withRedis = await testWith('Redis');

/** `idle/used of max, pending` by pool. */
function pools(printed: Printed): Record<string, string> {
  const values = new Map<string, Record<string, string>>();
  for (const line of of(printed, 'db_client_connection_')) {
    const [, metric = '', pool = '', state, value = ''] =
      /^(\w+)\{\w+_pool_name="([^"]+)"(?:,\w+_state="(\w+)")?(?:,\w+_unlimited="true")?\} (.+)$/.exec(line) ?? [];
    values.set(pool, { ...values.get(pool), [state ?? metric]: value });
  }
  return Object.fromEntries(
    [...values].map(([pool, { idle, used, max = '∞', pending_requests: pending }]) => [
      pool,
      `${idle}/${used} of ${max}${pending === undefined ? '' : `, ${pending}`}`,
    ]),
  );
}

function expectQuietEnd({ code, stdout, stderr }: Printed): void {
  expect(stderr).toBe('');
  expect(stdout).not.toContain('s3cr3t');
  expect(code).toBe(0);
}

test.each(['parentbased_always_on', 'always_off'])('mongodb, sampled by %s', async (OTEL_TRACES_SAMPLER) => {
  const printed = await runObserved(folders.libraries ?? '', 'mongodb', { OTEL_TRACES_SAMPLER });
  expect(pools(printed)).toEqual({ '127.0.0.1:1': '0/0 of 7, 0' });
  expectQuietEnd(printed);
});

withDatabases('pg and mysql2, with callbacks and with promises', async () => {
  const printed = await runObserved(folders.libraries ?? '', 'pools');
  expect(pools(printed)).toEqual({
    '127.0.0.1:5432/test': '0/2 of 2, 1',
    '127.0.0.1:5432/postgres': '1/1 of 5, 0',
    // It was ended between two scrapes.
    '127.0.0.1:5432/template1': '0/0 of 0, 0',
    '127.0.0.1:3306/mysql': '0/2 of 2, 1',
    '127.0.0.1:3306/information_schema': '1/1 of 3, 0',
  });
  expectQuietEnd(printed);
});

withDatabases('mysql, and an earlier mysql2', async () => {
  const printed = await runObserved(folders.older ?? '', 'pools', { OTEL_TRACES_SAMPLER: 'always_off' });
  expect(pools(printed)).toEqual({
    '127.0.0.1:3306/mysql': '0/2 of 2, 1',
    '127.0.0.1:3306/information_schema': '1/1 of 3, 0',
    '127.0.0.1:3306/performance_schema': '0/1 of 4, 0',
  });
  expectQuietEnd(printed);
});

withRedis('redis: a client is a connection, a pool knows which of them are idle', async () => {
  expect(pools(await runObserved(folders.libraries ?? '', 'redis'))).toEqual({
    '127.0.0.1:6379/2': '0/1 of ∞',
    '127.0.0.1:6379/3': '1/1 of 7, 0',
  });
  expect(pools(await runObserved(folders.older ?? '', 'redis'))).toEqual({ '127.0.0.1:6379/2': '0/1 of ∞' });
});

withRedis('ioredis', async () => {
  for (const app of ['libraries', 'older'] as const)
    expect(pools(await runObserved(folders[app] ?? '', 'ioredis'))).toEqual({ '127.0.0.1:6379/2': '0/2 of ∞' });
});
