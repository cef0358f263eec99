/** Requests of HTTP/2, taken as streams and as requests, and those of HTTP/1 to the same server. */
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { runFile, type Seen } from '../instrumentations/library.ts';
import type { Span } from '../support/collector.ts';

let seen: Seen;
beforeAll(async () => {
  seen = await runFile(join(import.meta.dirname, 'fixtures/http2.cjs'));
});

const servers = (): Span[] => seen.spans.filter(({ kind }) => kind === 'server');
const at = (path: string): Span | undefined => servers().find(({ attributes }) => attributes['url.path'] === path);

test('the application answers as ever', () => {
  expect(seen.end).toMatchObject({ code: 0, stderr: '' });
  expect(seen.end.stdout.trim().split('\n')).toEqual([
    '200 0 bytes',
    '200 1000 bytes',
    '503 0 bytes',
    '200 a stream',
    'no answer',
    '200 0 bytes',
    '200 0 bytes',
  ]);
});

test('one span for each request', () => {
  expect(servers().map(({ attributes }) => attributes['url.path'])).toEqual(
    expect.arrayContaining(['/get', '/post', '/broken', '/stream', '/aborted', '/secure', '/former']),
  );
  expect(servers()).toHaveLength(7);
});

test('the attributes of HTTP/2', () => {
  expect(at('/get')).toMatchObject({
    name: 'GET',
    attributes: {
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'network.protocol.version': '2',
      'url.scheme': 'http',
      'url.query': 'a=1',
      'server.address': '127.0.0.1',
      'server.port': expect.any(Number),
      'client.address': '127.0.0.1',
      'network.peer.address': '127.0.0.1',
    },
  });
  expect(at('/secure')?.attributes).toMatchObject({ 'url.scheme': 'https', 'network.protocol.version': '2' });
  expect(at('/former')?.attributes).toMatchObject({ 'url.scheme': 'https', 'network.protocol.version': '1.1' });
});

test('what failed', () => {
  expect(at('/broken')).toMatchObject({ status: { code: 'error' }, attributes: { 'error.type': '503' } });
  expect(at('/aborted')).toMatchObject({ status: { code: 'error' }, attributes: { 'error.type': 'aborted' } });
  expect(at('/aborted')?.attributes).not.toHaveProperty(['http.response.status_code']);
});

test('the context is that of the request in its listeners', () => {
  for (const path of ['/get', '/post', '/stream', '/secure', '/former']) {
    const child = seen.spans.find(({ name }) => name.startsWith(`end of ${path}`));
    expect(child?.parentSpanId).toBe(at(path)?.spanId);
  }
});

test('the sizes of bodies', () => {
  const sum = (name: string): number =>
    (seen.metrics.find((metric) => metric.name === name)?.points ?? []).reduce(
      (total, point) => total + (point.sum ?? 0),
      0,
    );
  expect(sum('http.server.request.body.size')).toBe(1000);
  // `0 bytes` four times, `1000 bytes`, `a stream`.
  expect(sum('http.server.response.body.size')).toBe(4 * 7 + 10 + 8);
});
