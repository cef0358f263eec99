import { head, type Row } from '../request.ts';

const TARGETS: readonly (readonly [name: string, target: string])[] = [
  ['an absolute target', 'http://other.example:81/hello?a=1'],
  ['an absolute target without a path', 'http://other.example'],
  ['an absolute target of another scheme', 'ftp://other.example/hello'],
  ['two slashes', '//hello//there'],
  ['two slashes and a host', '//evil.example/hello'],
  ['dots', '/a/../hello/./there'],
  ['encoded dots', '/a/%2e%2e/hello'],
  ['a path of 15 kB', `/hello/${'a'.repeat(15_000)}`],
  ['a head of 17 kB', `/hello/${'a'.repeat(17_000)}`],
  ['a query of 15 kB', `/hello?${'a=1&'.repeat(3_700)}`],
  ['an empty query', '/hello?'],
  ['a query of a question mark', '/hello??'],
  ['a query without values', '/hello?a&b&c'],
  ['a query with a space and a plus', '/hello?a=b+c%20d'],
  ['a query with odd characters', "/hello?a='b'&c=[d]&e={f}|^`"],
  ['a query in UTF-8', '/hello?name=%C3%A9&other=%e9'],
  ['a query with the same name twice', '/hello?a=1&a=2'],
  ['a signature', '/hello?sig=secret'],
  ['a signature among others', '/hello?a=1&Signature=secret&AWSAccessKeyId=secret&b=2'],
  ['signatures of two clouds', '/hello?X-Goog-Signature=secret&X-Amz-Signature=secret&X-Amz-Credential=secret'],
  ['a signature twice', '/hello?sig=secret&sig=secret2'],
  ['a signature without a value', '/hello?sig'],
  ['a signature in a name that is encoded', '/hello?%73ig=secret'],
  ['a token that nobody lists', '/hello?token=secret'],
  ['a percent sign alone', '/hello/100%?a=%'],
  ['percent signs and nonsense', '/hello/%zz/%e9?a=%zz'],
  ['characters a URL does not have', '/hello/<b>"{}|\\^`'],
  ['a fragment', '/hello#fragment?a=1'],
  ['a fragment after the query', '/hello?a=1#fragment'],
  ['a semicolon', '/hello;v=1?a=1;b=2'],
  ['a star and more', '*hello'],
  ['no slash', 'hello'],
  ['bytes beyond ASCII', '/hello/\u00e9\u00ff?n=\u00fc'],
];

const HEADERS: readonly (readonly [name: string, ...headers: string[]])[] = [
  ['a user agent', 'User-Agent: test/1.0 (that)'],
  ['an empty user agent', 'User-Agent:'],
  ['two user agents', 'User-Agent: one', 'User-Agent: two'],
  ['a user agent of 8 kB', `User-Agent: ${'u'.repeat(8000)}`],
  ['a user agent of bytes', 'User-Agent: \u00e9\u00ff'],
  ['a hundred headers', ...Array.from({ length: 100 }, (_, index) => `X-${index}: ${index}`)],
  ['headers named after Object', '__proto__: 1', 'constructor: 2', 'hasOwnProperty: 3', 'toString: 4'],
  ['an empty header', 'X-Empty:'],
  ['a header without a colon', 'X-Nothing'],
  ['a folded header', 'X-Folded: a\r\n b'],
  ['a header with a NUL', 'X-Nul: a\0b'],
];

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

export const targets: readonly Row[] = [
  ...TARGETS.map(([name, target]) => ({ name, steps: [latin1(head(`GET ${target}`))] })),
  ...HEADERS.map(([name, ...headers]) => ({ name, steps: [latin1(head('GET /hello', ...headers))] })),
];
