import { expect, test } from 'vitest';
import { trustedProxies } from '../../src/config/trusted-proxies.ts';

test.each([
  ['none', []],
  ['all', ['all']],
  ['ALL', ['all']],
  ['10.0.0.0/8', ['10.0.0.0/8']],
  ['203.0.113.7', ['203.0.113.7/32']],
  ['2001:db8::1', ['2001:db8::1/128']],
  ['loopback, 10.1.0.0/16', ['127.0.0.0/8', '::1/128', '10.1.0.0/16']],
  ['loopback,loopback', ['127.0.0.0/8', '::1/128']],
])('%s', (given, value) => {
  expect(trustedProxies.parse(given)).toEqual({ value });
});

test.each(['true', '1', 'all,none', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::1/129', '10.0.0', '__proto__'])(
  '%s is none of it',
  (given) => {
    expect(trustedProxies.parse(given)).toBeUndefined();
  },
);

test('what can be used is used', () => {
  expect(trustedProxies.parse('10.0.0.0/8,proxy.internal')).toMatchObject({
    value: ['10.0.0.0/8'],
    complaint: expect.stringContaining('ignoring "proxy.internal"'),
  });
});
