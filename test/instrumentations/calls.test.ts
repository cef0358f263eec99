/** Clients and what else is called within a request. */
import { beforeAll, describe, expect, test } from 'vitest';
import { INSTALL_TIMEOUT } from '../support/install.ts';
import { FORMS, install, runLibrary, traceIds, tree, type App } from './library.ts';

const folders: Partial<Record<App, string>> = {};
const folder = (app: App = 'libraries'): string => folders[app] ?? '';
beforeAll(async () => {
  for (const app of ['libraries', 'former'] as const) folders[app] = await install(app);
}, 2 * INSTALL_TIMEOUT);

describe.each(FORMS)('by %s', (form) => {
  test('undici, its fetch and the fetch of Node: each request once', async () => {
    const { spans, metrics, end } = await runLibrary(folder(), { specifier: 'undici', named: true }, form);
    expect(end.stderr).toBe('');
    expect(tree(spans)).toEqual([...Array(3).fill('client GET'), ...Array(3).fill('server GET < GET')]);
    const urls = spans.filter(({ kind }) => kind === 'client').map(({ attributes }) => String(attributes['url.full']));
    expect(urls.map((url) => new URL(url).pathname)).toEqual(['/request', '/its-own', '/of-node']);
    expect(metrics.map(({ name }) => name)).toContain('http.client.request.duration');
  });

  test('openai 6: the chat and the request it makes, without what was said', async () => {
    const seen = await runLibrary(folder('former'), { specifier: 'openai' }, form);
    expect(seen.end.stderr).toBe('');
    expect(seen.end.stdout).toBe('stop\n');
    expect(tree(seen.spans)).toEqual(['client POST < chat tiny', 'client chat tiny', 'server POST < POST']);
    expect(JSON.stringify(seen.logs)).not.toContain('s3cr3t');
    expect(seen.metrics.map(({ name }) => name)).toContain('gen_ai.client.token.usage');
  });

  test('the client of S3', async () => {
    const { spans, end } = await runLibrary(
      folder(),
      { specifier: '@aws-sdk/client-s3', body: 'aws-sdk', named: true },
      form,
    );
    expect(end.stderr).toBe('');
    expect(end.stdout).toBe('200\n');
    expect(tree(spans)).toEqual(['client GET < S3.ListBuckets', 'client S3.ListBuckets', 'server GET < GET']);
  });

  test('graphql 16: a span for what is resolved, none for what is merely read', async () => {
    const { spans, end } = await runLibrary(folder(), { specifier: 'graphql', named: true }, form);
    expect(end.stderr).toBe('');
    expect(end.stdout).toBe('{"data":{"word":"s3cr3t","deep":{"number":1}}}\n');
    expect(tree(spans)).toEqual([
      'internal graphql.parse',
      'internal graphql.parseSchema',
      'internal graphql.resolve word < query',
      'internal graphql.validate',
      'internal query',
    ]);
  });

  test('dataloader', async () => {
    const { spans, end } = await runLibrary(folder(), { specifier: 'dataloader' }, form);
    expect(end.stderr).toBe('');
    expect(tree(spans)).toEqual(['client dataloader.load', 'internal dataloader.batch < dataloader.load']);
  });

  test('socket.io: messages received', async () => {
    const { spans, end } = await runLibrary(folder(), { specifier: 'socket.io', named: true }, form);
    expect(end.stderr).toBe('');
    expect(end.stdout).toBe('6\n');
    expect(tree(spans)).toEqual(expect.arrayContaining(['consumer receive /']));
  });

  test('lru-memoizer: who waits for a value goes on in its own trace', async () => {
    const { spans, logs, end } = await runLibrary(folder(), { specifier: 'lru-memoizer' }, form);
    expect(end.stderr).toBe('');
    for (const path of ['/first', '/second']) {
      const server = spans.find(({ kind, attributes }) => kind === 'server' && attributes['url.path'] === path);
      expect(logs.find(({ body }) => body === `for ${path}`)?.traceId).toBe(server?.traceId);
    }
    expect(traceIds(spans).size).toBe(2);
  });

  test('generic-pool: off by default, on when asked for', async () => {
    const pool = { specifier: 'generic-pool' };
    const byDefault = await runLibrary(folder(), pool, form);
    expect(byDefault.end.stderr).toBe('');
    expect(tree(byDefault.spans)).toEqual([]);
    const env = { FIRSTLIGHT_INSTRUMENTATION_GENERIC_POOL_ENABLED: 'true' };
    expect(tree((await runLibrary(folder(), pool, form, { env })).spans)).toEqual(['internal generic-pool.acquire']);
  });
});
