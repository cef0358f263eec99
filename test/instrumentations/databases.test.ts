/** Databases and caches: what was asked is told, what was asked for is not. */
import { beforeAll, describe, expect, test } from 'vitest';
import { INSTALL_TIMEOUT } from '../support/install.ts';
import { testWith } from '../support/servers.ts';
import { FORMS, install, runLibrary, traceIds, tree, type Seen } from './library.ts';

let folder = '';
beforeAll(async () => {
  folder = await install('libraries');
}, INSTALL_TIMEOUT);

const queries = ({ spans }: Seen): unknown[] =>
  spans.map(({ attributes }) => attributes['db.query.text']).filter((query) => query !== undefined);

/** Every fixture sends this word to its database and gets it back. */
function expectNoValues({ spans, logs, end }: Seen): void {
  expect(
    JSON.stringify([spans, logs], (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
  ).not.toContain('s3cr3t');
  expect(end.stderr).toBe('');
  expect(end.code).toBe(0);
}

const withPostgres = await testWith('PostgreSQL');
const withMariaDb = await testWith('MariaDB');
const withRedis = await testWith('Redis');

describe.each(FORMS)('by %s', (form) => {
  withPostgres('pg: the statement with its placeholders, in the trace of the request', async () => {
    const seen = await runLibrary(folder, { specifier: 'pg', named: true }, form);
    expectNoValues(seen);
    expect(tree(seen.spans)).toEqual([
      'client GET',
      'client pg-pool.connect < GET',
      'client pg.connect < pg-pool.connect',
      'client pg.query:SELECT test < GET',
      'server GET < GET',
    ]);
    expect(traceIds(seen.spans).size).toBe(1);
    expect(queries(seen)).toEqual(['SELECT $1::text AS word']);
    expect(seen.spans.find(({ name }) => name === 'pg.query:SELECT test')?.attributes).toMatchObject({
      'db.system.name': 'postgresql',
      'db.namespace': 'test',
      'server.address': '127.0.0.1',
      'server.port': 5432,
    });
    expect(seen.metrics.map(({ name }) => name)).toContain('db.client.operation.duration');
  });

  withMariaDb('mysql2: no values of parameters', async () => {
    const seen = await runLibrary(folder, { specifier: 'mysql2' }, form);
    expectNoValues(seen);
    expect(tree(seen.spans)).toEqual(['client SELECT', 'client SELECT']);
    expect(queries(seen)).toEqual(['SELECT ? AS word', 'SELECT ? AS word']);
  });

  withRedis('redis: the command, without keys and values', async () => {
    const seen = await runLibrary(folder, { specifier: 'redis', named: true }, form);
    expectNoValues(seen);
    expect(tree(seen.spans)).toEqual(['client redis-GET', 'client redis-SET', 'client redis-connect']);
    expect(queries(seen)).toEqual(['SET', 'GET']);
  });

  withRedis('ioredis: the command, without keys and values, in the trace of the request', async () => {
    const seen = await runLibrary(folder, { specifier: 'ioredis' }, form);
    expectNoValues(seen);
    expect(tree(seen.spans)).toEqual(['client GET', 'client get < GET', 'client set < GET', 'server GET < GET']);
    expect(queries(seen)).toEqual(['set', 'get']);
  });

  withPostgres('knex: its own span, and the driver beneath it', async () => {
    const seen = await runLibrary(folder, { specifier: 'knex' }, form);
    expectNoValues(seen);
    expect(tree(seen.spans)).toEqual(
      expect.arrayContaining(['client select test.pg_class', 'client pg.query:SELECT test < select test.pg_class']),
    );
    expect(queries(seen)).toContain('select "relname" from "pg_class" where "relname" = ?');
  });

  test('mongodb: works as ever, with its connections patched', async () => {
    const seen = await runLibrary(folder, { specifier: 'mongodb', named: true }, form);
    expectNoValues(seen);
    expect(seen.end.stdout).toBe('MongoServerSelectionError\npatched true\n');
  });

  test('mongoose: the operation and its collection, without the query', async () => {
    const seen = await runLibrary(folder, { specifier: 'mongoose' }, form);
    expectNoValues(seen);
    expect(tree(seen.spans)).toEqual(['client findOne things']);
    expect(seen.spans[0]?.status.code).toBe('error');
  });

  test('memcached: works as ever, also where a wrapper for ES modules would have killed it', async () => {
    const seen = await runLibrary(folder, { specifier: 'memcached' }, form);
    expectNoValues(seen);
    expect(seen.end.stdout).toBe('asked true\n');
  });
});

withRedis('an option of an instrumentation can be set', async () => {
  const seen = await runLibrary(folder, { specifier: 'redis', named: true }, 'require', {
    env: { FIRSTLIGHT_INSTRUMENTATION_REDIS_REQUIRE_PARENT_SPAN: 'true' },
  });
  expectNoValues(seen);
  expect(tree(seen.spans)).toEqual(['client redis-connect']);
});
