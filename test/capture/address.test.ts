import { describe, expect, test } from 'vitest';
import { forwarded, parseHost } from '../../src/capture/address.ts';
import { trust } from '../../src/capture/trust.ts';

test.each([
  ['example.com', 'http', 'example.com', 80],
  ['example.com', 'https', 'example.com', 443],
  ['example.com', undefined, 'example.com', undefined],
  ['example.com:8080', 'http', 'example.com', 8080],
  ['[::1]', 'https', '::1', 443],
  ['[2001:db8::1]:8080', 'http', '2001:db8::1', 8080],
  ['2001:db8::1', 'http', '2001:db8::1', undefined],
  ['example.com:', 'http', 'example.com', undefined],
  ['example.com:abc', 'http', 'example.com', undefined],
  ['example.com:99999', 'http', 'example.com', undefined],
  ['[::1]x:80', 'http', '[::1]x:80', undefined],
  ['a:b:c', 'http', 'a:b:c', undefined],
])('the host %j of %s', (given, scheme, host, port) => {
  expect(parseHost(given, scheme)).toEqual({ host, port });
});

const PROXY = '10.0.0.1';
const isTrusted = trust(['10.0.0.0/8', '2001:db8::/32']) ?? (() => false);

describe('what proxies say', () => {
  test.each([
    ['one client', { 'x-forwarded-for': '203.0.113.9' }, { client: '203.0.113.9' }],
    [
      'a client that lies: the last one that no trusted proxy has counts',
      { 'x-forwarded-for': '1.1.1.1, 203.0.113.9, 10.2.3.4' },
      { client: '203.0.113.9' },
    ],
    ['proxies only: the farthest', { 'x-forwarded-for': '10.9.9.9, 10.2.3.4' }, { client: '10.9.9.9' }],
    ['ports', { 'x-forwarded-for': '203.0.113.9:4711' }, { client: '203.0.113.9' }],
    ['an address of IPv6 with a port', { 'x-forwarded-for': '[2001:db9::1]:4711' }, { client: '2001:db9::1' }],
    ['and one without', { 'x-forwarded-for': '2001:db9::1' }, { client: '2001:db9::1' }],
    [
      'host and scheme',
      { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': 'shop.example', 'x-forwarded-proto': 'HTTPS' },
      { client: '203.0.113.9', host: 'shop.example', scheme: 'https' },
    ],
    ['a host alone', { 'x-forwarded-host': 'shop.example' }, { host: 'shop.example' }],
    ['a scheme that is none', { 'x-forwarded-proto': 'gopher' }, {}],
    [
      'the standard one, which is stronger',
      { forwarded: 'For="[2001:db9::1]:4711";proto=https;host=shop.example', 'x-forwarded-for': '1.1.1.1' },
      { client: '2001:db9::1', host: 'shop.example', scheme: 'https' },
    ],
    [
      'several hops of it',
      { forwarded: 'for=1.1.1.1, for=203.0.113.9;proto=https, for=10.3.3.3;proto=http' },
      { client: '203.0.113.9', scheme: 'https' },
    ],
    ['names instead of addresses', { forwarded: 'for=unknown;proto=https' }, { scheme: 'https' }],
    ['no address at all', { 'x-forwarded-for': ':::' }, {}],
    [
      'a client that lies, and the scheme',
      { 'x-forwarded-for': '1.1.1.1, 203.0.113.9', 'x-forwarded-proto': 'https' },
      { client: '203.0.113.9', scheme: 'https' },
    ],
    ['nonsense', { forwarded: ';;=,"=;for' }, {}],
    ['nothing', {}, {}],
  ])('%s', (_title, headers, told) => {
    expect(forwarded(headers, PROXY, isTrusted)).toEqual(told);
  });

  test('count only where the connection is from one that is trusted', () => {
    expect(forwarded({ 'x-forwarded-for': '203.0.113.9' }, '192.0.2.1', isTrusted)).toEqual({});
    expect(forwarded({ 'x-forwarded-for': '203.0.113.9' }, '192.0.2.1', trust(['all']) ?? isTrusted)).toEqual({
      client: '203.0.113.9',
    });
  });

  test('an IPv4 connection to a socket of IPv6', () => {
    expect(forwarded({ 'x-forwarded-for': '203.0.113.9' }, '::ffff:10.0.0.1', isTrusted)).toEqual({
      client: '203.0.113.9',
    });
  });

  test('nobody is trusted unless somebody is named', () => {
    expect(trust([])).toBeUndefined();
  });
});
