/** Operations of databases, counted once each, whichever driver they come from. */
import { beforeAll, expect, test } from 'vitest';
import { INSTALL_TIMEOUT } from '../support/install.ts';
import { testWith } from '../support/servers.ts';
import { counts, installs, pointsOf, runDriver } from './driver.ts';

const DURATION = 'db.client.operation.duration';
const SUSPECTS = 'firstlight.db.n_plus_one';

let libraries = '';
let drivers = '';
beforeAll(async () => {
  libraries = await installs.libraries();
  drivers = await installs.drivers();
}, 2 * INSTALL_TIMEOUT);

const withPostgres = await testWith('PostgreSQL');
const withMariaDb = await testWith('MariaDB');
const withRedis = await testWith('Redis');

const pg = (routes: string, env: Readonly<Record<string, string>> = {}) =>
  runDriver(libraries, 'pg', { env: { ROUTES: routes, ...env } });

withPostgres('pg: queries count, connections do not, and where they went is told', async () => {
  const seen = await pg('/hundred');
  expect(seen.end.stderr).toBe('');
  expect(pointsOf(seen.metrics, DURATION)).toMatchObject([
    {
      count: 100,
      attributes: {
        'db.system.name': 'postgresql',
        'db.namespace': 'test',
        'db.operation.name': 'SELECT',
        'server.address': '127.0.0.1',
        'server.port': 5432,
      },
    },
  ]);
  expect(seen.metrics.find(({ name }) => name === DURATION)?.scope.name).toBe('firstlight/operations');
});

withPostgres('with a sampling ratio of 0 all queries count, and no span leaves', async () => {
  const ratio = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };
  const seen = await pg('/hundred,/loop', ratio);
  expect(seen.end.code).toBe(0);
  expect(counts(seen, DURATION)).toEqual({ SELECT: 113 });
  expect(counts(seen, SUSPECTS)).toEqual({ SELECT: 1 });
  expect(seen.spans).toEqual([]);
});

withPostgres('without an exporter of spans all queries count', async () => {
  const seen = await pg('/hundred', { OTEL_TRACES_EXPORTER: 'none' });
  expect(counts(seen, DURATION)).toEqual({ SELECT: 100 });
});

withPostgres('spans that are measured and not sampled are not printed either', async () => {
  const seen = await pg('/hundred', { OTEL_TRACES_EXPORTER: 'console', OTEL_TRACES_SAMPLER: 'always_off' });
  expect(counts(seen, DURATION)).toEqual({ SELECT: 100 });
  expect(seen.end.stdout).toBe('200 done\n');
});

withPostgres('what fails has the code of the server: a deadlock, and a table that is not there', async () => {
  const seen = await pg('/deadlock,/fails');
  expect(seen.end.stdout).toBe('200 40P01\n200 42P01\n');
  expect(counts(seen, DURATION)).toMatchObject({ 'UPDATE 40P01': 1, UPDATE: 3, 'SELECT 42P01': 1 });
  const failed = seen.spans.filter(({ status }) => status.code === 'error');
  expect(failed.map(({ attributes }) => String(attributes['error.type'])).toSorted()).toEqual(['40P01', '42P01']);
});

withPostgres('the time from which on a statement is slow is a bound', async () => {
  const seen = await pg('/slow', { FIRSTLIGHT_METRICS_SLOW_QUERY: '222' });
  const [point] = pointsOf(seen.metrics, DURATION);
  const at = point?.bounds?.indexOf(0.222) ?? -1;
  expect(at).toBeGreaterThan(0);
  expect(point?.bucketCounts?.slice(at + 1).reduce((sum, count) => sum + count)).toBe(1);
});

withPostgres(
  'twelve of the same statement below one span are one suspect; knex hides none and counts none',
  async () => {
    expect(counts(await pg('/loop'), SUSPECTS)).toEqual({ SELECT: 1 });
    const seen = await runDriver(libraries, 'knex');
    expect(seen.end.stderr).toBe('');
    // One is knex's own look at the version of the server.
    expect(counts(seen, DURATION)).toEqual({ SELECT: 13 });
    expect(counts(seen, SUSPECTS)).toEqual({ 'SELECT pg_class': 1 });
  },
);

const MYSQL = {
  SELECT: 2,
  'SELECT ER_PARSE_ERROR': 1,
  CREATE: 2,
  INSERT: 1,
  BEGIN: 2,
  UPDATE: 3,
  'UPDATE ER_LOCK_DEADLOCK': 1,
  ROLLBACK: 2,
  DROP: 1,
};

withMariaDb('mysql2: each statement once, with its verb, and with the code of its error', async () => {
  const seen = await runDriver(libraries, 'mysql2', { body: 'mysql' });
  expect(seen.end.stdout).toBe('ER_PARSE_ERROR\nER_LOCK_DEADLOCK\n');
  expect(counts(seen, DURATION)).toEqual(MYSQL);
});

withMariaDb('mysql: the same, though a pool has spans above those of its connections', async () => {
  const seen = await runDriver(drivers, 'mysql', { body: 'mysql' });
  expect(seen.end.stderr).toBe('');
  expect(counts(seen, DURATION)).toEqual(MYSQL);
});

withRedis('ioredis: each command, also of a pipeline, and no suspects', async () => {
  const seen = await runDriver(libraries, 'ioredis');
  expect(seen.end.stderr).toBe('');
  expect(counts(seen, DURATION)).toEqual({ set: 1, get: 12, 'lpush WRONGTYPE': 1, 'PIPELINE get': 2 });
  expect(pointsOf(seen.metrics, SUSPECTS)).toEqual([]);
});

withRedis('redis: each command, also of a transaction', async () => {
  const seen = await runDriver(libraries, 'redis');
  expect(counts(seen, DURATION)).toEqual({ SET: 1, 'LPUSH WRONGTYPE': 1, 'MULTI GET': 2 });
});

test('memcached', async () => {
  const seen = await runDriver(libraries, 'memcached');
  expect(seen.end.stdout).toBe('asked true\n');
  expect(counts(seen, DURATION)).toEqual({ get: 1 });
});

test('mongodb: the collection, the code of an error, and a suspect', async () => {
  const seen = await runDriver(libraries, 'mongodb');
  expect(seen.end.stdout).toBe('200 112\n');
  expect(counts(seen, DURATION)).toEqual({ 'find things': 12, 'insert things 112': 1 });
  expect(counts(seen, SUSPECTS)).toEqual({ 'find things': 1 });
});

test('cassandra-driver and tedious: what never reached a server', async () => {
  const cassandra = await runDriver(drivers, 'cassandra-driver');
  expect(counts(cassandra, DURATION)).toEqual({ 'execute NoHostAvailableError': 1 });
  const tedious = await runDriver(drivers, 'tedious');
  expect(tedious.end.stdout).toBe('EINVALIDSTATE\n');
  expect(counts(tedious, DURATION)).toEqual({ 'SELECT EINVALIDSTATE': 1 });
});
