import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../src/admin/access.ts';

const HERE = '127.0.0.1';

function ask(peer: string | undefined, headers: Record<string, string>, token?: string): number {
  const headersDistinct = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const request = { socket: { remoteAddress: peer }, headers, headersDistinct } as unknown as IncomingMessage;
  return refusal(request, token)?.status ?? 200;
}

describe('without a token', () => {
  test.each([
    ['127.0.0.1', 200],
    ['127.8.9.10', 200],
    ['::1', 200],
    ['::ffff:127.0.0.1', 200],
    ['::FFFF:127.0.0.1', 200],
    ['10.0.0.1', 403],
    ['::ffff:10.0.0.1', 403],
    ['1.127.0.1', 403],
    ['::127.0.0.1', 403],
    ['fe80::1', 403],
    ['::', 403],
    [undefined, 403],
  ])('a peer at %s gets %i', (peer, status) => {
    expect(ask(peer, { host: 'localhost:9464' })).toBe(status);
  });

  test.each([
    ['localhost', 200],
    ['localhost:9464', 200],
    ['LOCALHOST:1', 200],
    ['admin.localhost:9464', 200],
    ['127.0.0.1:9464', 200],
    ['127.1.2.3', 200],
    ['[::1]:9464', 200],
    ['', 403],
    ['evil.example', 403],
    ['localhost.evil.example', 403],
    ['evil.example:localhost', 403],
    ['xlocalhost', 403],
    ['127.0.0.1.nip.io', 403],
    ['127.0.0.1@evil.example', 403],
    ['0.0.0.0:9464', 403],
    ['10.0.0.1', 403],
    ['::1', 403],
    ['[::1]evil', 403],
    ['localhost:9464 evil', 403],
  ])('the Host %j gets %i', (host, status) => {
    expect(ask(HERE, { host })).toBe(status);
  });

  test('a request that names no Host gets 403', () => {
    expect(ask(HERE, {})).toBe(403);
  });

  test.each([
    'cf-connecting-ip',
    'forwarded',
    'true-client-ip',
    'via',
    'x-client-ip',
    'x-envoy-external-address',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-original-forwarded-for',
    'x-real-ip',
  ])('a request that was forwarded (%s) gets 403', (name) => {
    expect(ask(HERE, { host: 'localhost', [name]: '127.0.0.1' })).toBe(403);
    expect(ask(HERE, { host: 'localhost', [name]: '' })).toBe(403);
  });

  test.each([
    ['none', 200],
    ['same-origin', 200],
    ['same-site', 403],
    ['cross-site', 403],
  ])('a browser that comes from %s gets %i', (site, status) => {
    expect(ask(HERE, { host: 'localhost', 'sec-fetch-site': site })).toBe(status);
  });

  test.each([
    ['http://localhost:9464', 200],
    ['http://localhost', 403],
    ['http://localhost:3000', 403],
    ['https://localhost:9464', 403],
    ['https://evil.example', 403],
    ['null', 403],
    ['', 403],
  ])('a browser that tells its Origin alone, %j, gets %i', (origin, status) => {
    expect(ask(HERE, { host: 'localhost:9464', origin })).toBe(status);
  });

  test('the answer says what opens the route', () => {
    const request = { socket: { remoteAddress: '10.0.0.1' }, headers: {} } as unknown as IncomingMessage;
    expect(refusal(request, undefined)?.reason).toMatch(/^[^\n]*FIRSTLIGHT_ADMIN_TOKEN$/);
  });

  test('a long Host is judged at once', () => {
    expect(ask(HERE, { host: `${'a.'.repeat(8000)}evil` })).toBe(403);
    expect(ask(HERE, { host: 'a'.repeat(16_000) })).toBe(403);
  });
});

describe('with a token', () => {
  const token = 's3cret-Token';
  test.each([
    [`Bearer ${token}`, 200],
    [`bearer ${token}`, 200],
    [`Bearer   ${token} `, 200],
    [undefined, 401],
    ['', 401],
    ['Bearer', 401],
    ['Bearer ', 401],
    ['Bearer s3cret', 401],
    [`Bearer ${token}x`, 401],
    [`Bearer ${token.toLowerCase()}`, 401],
    [`Basic ${token}`, 401],
    [token, 401],
    [`Bearer ${token} ${token}`, 401],
    ['Bearer \u00e9', 401],
  ])('Authorization %j gets %i, from here and from afar', (authorization, status) => {
    const headers = { host: 'localhost', ...(authorization !== undefined && { authorization }) };
    expect(ask(HERE, headers, token)).toBe(status);
    expect(ask('203.0.113.7', { ...headers, host: 'app.example', 'x-forwarded-for': '203.0.113.8' }, token)).toBe(
      status,
    );
  });
});
