import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import * as otlp from '../../src/config/otlp-rules.ts';
import * as rules from '../../src/config/rules.ts';
import { statsdAddress } from '../../src/config/statsd-address.ts';

const NOTHING = undefined;
const words = rules.listOf(['a', 'b', 'c'], { all: ['a', 'b', 'c'] });
const word = rules.oneOf(['red', 'blue'], { crimson: 'red' });

const folder = mkdtempSync(join(tmpdir(), 'firstlight-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));
const pem = join(folder, 'ca.pem');
writeFileSync(pem, '-----BEGIN CERTIFICATE-----\n');
const noPem = join(folder, 'ca.txt');
writeFileSync(noPem, 'hello');

const cases: [string, rules.Rule<unknown>, string, unknown][] = [
  ['flag', rules.flag, 'TRUE', true],
  ['flag', rules.flag, 'False', false],
  ['flag', rules.flag, '1', NOTHING],
  ['flag', rules.flag, 'yes', NOTHING],
  ['statsdAddress', statsdAddress, 'statsd', { host: 'statsd', port: 8125 }],
  ['statsdAddress', statsdAddress, '10.0.0.7:9125', { host: '10.0.0.7', port: 9125 }],
  ['statsdAddress', statsdAddress, '::1', { host: '::1', port: 8125 }],
  ['statsdAddress', statsdAddress, '[fe80::1%eth0]:9125', { host: 'fe80::1%eth0', port: 9125 }],
  ['statsdAddress', statsdAddress, '[::1]', { host: '::1', port: 8125 }],
  ['statsdAddress', statsdAddress, 'statsd:', NOTHING],
  ['statsdAddress', statsdAddress, 'statsd:0', NOTHING],
  ['statsdAddress', statsdAddress, 'statsd:65536', NOTHING],
  ['statsdAddress', statsdAddress, ':8125', NOTHING],
  ['statsdAddress', statsdAddress, '8125:', NOTHING],
  ['statsdAddress', statsdAddress, 'udp://statsd', NOTHING],
  ['statsdAddress', statsdAddress, 'a b', NOTHING],
  ['count', rules.count, '0', 0],
  ['count', rules.count, '+5', 5],
  ['count', rules.count, '-0', 0],
  ['count', rules.count, '-1', NOTHING],
  ['count', rules.count, '1.5', NOTHING],
  ['count', rules.count, '1e3', NOTHING],
  ['count', rules.count, '2147483647', 2147483647],
  ['count', rules.count, '2147483648', NOTHING],
  ['size', rules.size, '0', NOTHING],
  ['size', rules.size, '1', 1],
  ['port', rules.port, '0', 0],
  ['port', rules.port, '65535', 65535],
  ['port', rules.port, '65536', NOTHING],
  ['delay', rules.delay, '0', NOTHING],
  ['delay', rules.delay, '2147483647', 2147483647],
  ['timeout', rules.timeout, '0', rules.LONGEST],
  ['timeout', rules.timeout, '10', 10],
  ['timeout', rules.timeout, '-1', NOTHING],
  ['ratio', rules.ratio, '0', 0],
  ['ratio', rules.ratio, '.25', 0.25],
  ['ratio', rules.ratio, '1e-4', 0.0001],
  ['ratio', rules.ratio, '1.0', 1],
  ['ratio', rules.ratio, '1.1', NOTHING],
  ['ratio', rules.ratio, 'Infinity', NOTHING],
  ['ratio', rules.ratio, '', NOTHING],
  ['oneOf', word, 'Red', 'red'],
  ['oneOf', word, 'CRIMSON', 'red'],
  ['oneOf', word, 'green', NOTHING],
  ['oneOf', word, 'constructor', NOTHING],
  ['listOf', words, 'B, a,b', ['b', 'a']],
  ['listOf', words, 'all', ['a', 'b', 'c']],
  ['listOf', words, 'none', []],
  ['listOf', words, 'x', NOTHING],
  ['listOf', words, 'toString', NOTHING],
  ['list', rules.list, 'pg, http,,pg', ['pg', 'http']],
  ['list', rules.list, ',', NOTHING],
  ['httpUrl', rules.httpUrl, 'https://x/y', 'https://x/y'],
  ['httpUrl', rules.httpUrl, 'x', NOTHING],
  ['host', rules.host, '0.0.0.0', '0.0.0.0'],
  ['host', rules.host, '::', '::'],
  ['host', rules.host, 'fe80::1%eth0', 'fe80::1%eth0'],
  ['host', rules.host, 'localhost:80', NOTHING],
  ['host', rules.host, 'a b', NOTHING],
  ['token', rules.token, 'abc', 'abc'],
  ['token', rules.token, 'äbc', NOTHING],
  ['endpoint', otlp.endpoint, 'http://x:4318/a', 'http://x:4318/a'],
  ['endpoint', otlp.endpoint, 'x:4317', 'x:4317'],
  ['endpoint', otlp.endpoint, '[::1]:4317', '[::1]:4317'],
  ['endpoint', otlp.endpoint, 'unix:/run/otel.sock', 'unix:/run/otel.sock'],
  ['endpoint', otlp.endpoint, 'x', NOTHING],
  ['endpoint', otlp.endpoint, 'x:99999', NOTHING],
  ['grpcEndpoint', otlp.grpcEndpoint, 'https://x', 'https://x'],
  ['grpcEndpoint', otlp.grpcEndpoint, 'http://x:4317/', 'http://x:4317'],
  ['headers', otlp.headers, 'a=b,c = d%20e', { a: 'b', c: 'd e' }],
  ['headers', otlp.headers, 'a=b=c', { a: 'b=c' }],
  ['headers', otlp.headers, 'a=b;meta=1', { a: 'b' }],
  ['headers', otlp.headers, 'a=', NOTHING],
  ['headers', otlp.headers, '__proto__=b', JSON.parse('{"__proto__":"b"}')],
  ['headers', otlp.headers, 'a=%0d%0aevil', NOTHING],
  ['attributes', otlp.attributes, 'a=b,c%2C=%3D', { a: 'b', 'c,': '=' }],
  ['attributes', otlp.attributes, 'a=', { a: '' }],
  ['attributes', otlp.attributes, '=a', NOTHING],
  ['pemFile', otlp.pemFile, pem, pem],
  ['pemFile', otlp.pemFile, noPem, NOTHING],
  ['pemFile', otlp.pemFile, folder, NOTHING],
  ['pemFile', otlp.pemFile, join(folder, 'nope'), NOTHING],
];

test.each(cases)('%s reads %3$j', (_name, rule, given, value) => {
  expect(rule.parse(given)?.value).toEqual(value);
});

test('a rule keeps what it can use and says what it leaves out', () => {
  expect(words.parse('a,x,y,z,w')).toEqual({
    value: ['a'],
    complaint: 'expected a, b and c, separated by commas, or none; ignoring "x", "y", "z" and 1 more',
  });
  expect(otlp.attributes.parse('a=1,b')?.complaint).toMatch(/ignoring "b"$/);
});

test('headers are never shown, not even those that cannot be read', () => {
  expect(otlp.headers.parse('a=1,my secret')?.complaint).toMatch(/ignoring "entry 2"$/);
});
