/** Hits and misses of caches: every look-up, whether its trace is sampled or not. */
import { beforeAll, describe, expect, test } from 'vitest';
import { INSTALL_TIMEOUT } from '../support/install.ts';
import { testWith } from '../support/servers.ts';
import { install, type App } from '../instrumentations/library.ts';
import { of, runObserved } from './observed.ts';

const folders: Partial<Record<App, string>> = {};
beforeAll(async () => {
  for (const app of ['libraries', 'older'] as const) folders[app] = await install(app);
}, 2 * INSTALL_TIMEOUT);

const withRedis = await testWith('Redis');
const REQUESTS = 'firstlight_cache_requests_total';
const requests = (type: string, hits: number, misses: number): string[] => [
  `{cache_result="hit",cache_type="${type}"} ${hits}`,
  `{cache_result="miss",cache_type="${type}"} ${misses}`,
];

describe.each(['parentbased_always_on', 'always_off'])('sampled by %s', (sampler) => {
  const env = { OTEL_TRACES_SAMPLER: sampler };

  withRedis.each([
    { title: 'redis 6', app: 'libraries', library: 'redis', hits: 8, misses: 8 },
    { title: 'redis 4', app: 'older', library: 'redis', hits: 8, misses: 7 },
    { title: 'ioredis 6', app: 'libraries', library: 'ioredis', hits: 9, misses: 8 },
    { title: 'ioredis 5', app: 'older', library: 'ioredis', hits: 9, misses: 8 },
  ] as const)('$title, in pipelines and transactions too', async ({ app, library, hits, misses }) => {
    const printed = await runObserved(folders[app] ?? '', library, env);
    expect(of(printed, REQUESTS)).toEqual(requests('redis', hits, misses));
    // What fails is neither, and reaches the application.
    expect(printed.lines[0]).toBe('WRONGTYPE');
    expect(printed.stderr).toBe('');
    expect(printed.code).toBe(0);
  });

  test('memcached and lru-memoizer', async () => {
    const printed = await runObserved(folders.libraries ?? '', 'memory', env);
    expect(of(printed, REQUESTS)).toEqual([
      requests('lru-memoizer', 3, 3)[0],
      requests('memcached', 5, 5)[0],
      requests('lru-memoizer', 3, 3)[1],
      requests('memcached', 5, 5)[1],
    ]);
    // A memoizer keeps its methods and its options.
    expect(printed.lines[0]).toBe('1-1 true function 10');
    expect(printed.stderr).toBe('');
    expect(printed.code).toBe(0);
  });
});
