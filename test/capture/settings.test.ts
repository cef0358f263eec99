/** What the settings of server requests change. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runFile, type Seen } from '../instrumentations/library.ts';
import type { Span } from '../support/collector.ts';

const fixture = join(import.meta.dirname, 'fixtures/settings.cjs');

/** `requests` are `METHOD path headers`; the headers are JSON without spaces. */
const seenWith = (env: Readonly<Record<string, string>>, ...requests: readonly string[]): Promise<Seen> =>
  runFile(fixture, { env: { REQUESTS: requests.join('\n'), ...env } });

const servers = ({ spans }: Seen): Span[] =>
  spans.filter(({ kind }) => kind === 'server').toSorted((a, b) => Number(a.start - b.start));
const attributes = (seen: Seen, name: string) => servers(seen).map((span) => span.attributes[name]);
const durations = ({ metrics }: Seen) =>
  metrics.find(({ name }) => name === 'http.server.request.duration')?.points ?? [];

test('FIRSTLIGHT_IGNORE_PATHS: no span, no metric, and nothing below it', async () => {
  const seen = await seenWith(
    { FIRSTLIGHT_IGNORE_PATHS: '/healthz,/static/*' },
    'GET /healthz?now',
    'GET http://a.example/healthz',
    'GET /static/asks',
    'GET /asks',
  );
  // What the ignored one asks for is asked by nobody, and is a request all the same.
  expect(attributes(seen, 'url.path').map(String).toSorted()).toEqual(['/asks', '/below', '/below']);
  const alone = servers(seen).filter(({ parentSpanId }) => parentSpanId === '');
  expect(alone.map((span) => span.attributes['url.path'])).toEqual(['/below']);
  expect(seen.spans.filter(({ kind }) => kind === 'client').length).toBe(5);
  expect(durations(seen).reduce((total, { count = 0 }) => total + count, 0)).toBe(3);
});

test('FIRSTLIGHT_TRUST_PROXY: the client that proxies tell of, on the span and the scheme on the metric', async () => {
  const headers = JSON.stringify({ 'x-forwarded-for': '1.1.1.1,203.0.113.9', 'x-forwarded-proto': 'https' });
  const believed = await seenWith({ FIRSTLIGHT_TRUST_PROXY: 'loopback' }, `GET / ${headers}`);
  expect(servers(believed)[0]?.attributes).toMatchObject({ 'client.address': '203.0.113.9', 'url.scheme': 'https' });
  expect(durations(believed)[0]?.attributes).toMatchObject({ 'url.scheme': 'https' });
  const others = await seenWith({ FIRSTLIGHT_TRUST_PROXY: '10.0.0.0/8' }, `GET / ${headers}`);
  expect(servers(others)[0]?.attributes).toMatchObject({ 'client.address': '127.0.0.1', 'url.scheme': 'http' });
});

test('OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: any other is _OTHER', async () => {
  const seen = await seenWith({ OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: 'GET,PURGE' }, 'PURGE /', 'POST /');
  expect(servers(seen).map(({ name }) => name)).toEqual(['PURGE', 'HTTP']);
  expect(attributes(seen, 'http.request.method')).toEqual(['PURGE', '_OTHER']);
  expect(attributes(seen, 'http.request.method_original')).toEqual([undefined, 'POST']);
});

test('headers that are asked for, and no others; names of objects are no headers', async () => {
  const prefix = 'FIRSTLIGHT_INSTRUMENTATION_HTTP_HEADERS_TO_SPAN_ATTRIBUTES_SERVER';
  const seen = await seenWith(
    { [`${prefix}_REQUEST_HEADERS`]: 'X-Tenant,constructor,__proto__', [`${prefix}_RESPONSE_HEADERS`]: 'x-answer' },
    `GET / ${JSON.stringify({ 'x-tenant': 'acme', 'x-other': 'no' })}`,
  );
  const found = Object.entries(servers(seen)[0]?.attributes ?? {}).filter(([name]) => name.includes('.header.'));
  expect(Object.fromEntries(found)).toEqual({
    'http.request.header.x-tenant': ['acme'],
    'http.response.header.x-answer': ['yes'],
  });
});

test('no span for a request without a parent, where one is required; it is counted all the same', async () => {
  const parent = JSON.stringify({ traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` });
  const seen = await seenWith(
    {
      FIRSTLIGHT_INSTRUMENTATION_HTTP_REQUIRE_PARENTFOR_INCOMING_SPANS: 'true',
      FIRSTLIGHT_INSTRUMENTATION_HTTP_DISABLE_OUTGOING_REQUEST_INSTRUMENTATION: 'true',
    },
    'GET /alone',
    `GET /called ${parent}`,
  );
  expect(attributes(seen, 'url.path')).toEqual(['/called']);
  expect(durations(seen).reduce((total, { count = 0 }) => total + count, 0)).toBe(2);
});

test('nothing of it, where the half is switched off', async () => {
  const seen = await seenWith(
    { FIRSTLIGHT_INSTRUMENTATION_HTTP_DISABLE_INCOMING_REQUEST_INSTRUMENTATION: 'true' },
    'GET /',
  );
  expect(servers(seen)).toEqual([]);
  expect(durations(seen)).toEqual([]);
  expect(seen.spans.map(({ kind }) => kind)).toEqual(['client']);
});
