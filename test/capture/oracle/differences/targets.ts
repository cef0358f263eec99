import type { Reasoned } from './reasoned.ts';

const path = (request: string, stock: string, ours: string, reason = AS_SENT): Reasoned => ({
  requests: [request],
  what: { 'url.path': [stock, ours] },
  reason,
});
const query = (request: string, stock: string, ours: string, reason = AS_SENT): Reasoned => ({
  requests: [request],
  what: { 'url.query': [stock, ours] },
  reason,
});

const AS_SENT = 'The path and the query are those of the URI that was sent, not of one that means the same.';
const NO_HOST = 'What follows two slashes is no host: the target of a request begins with its path.';
const NO_PATH = 'OPTIONS * has no path (RFC 9110, 7.1).';

export const targets: readonly Reasoned[] = [
  path('OPTIONS *', '/*', '', NO_PATH),
  path('two slashes', '//there', '//hello//there', NO_HOST),
  path('two slashes and a host', '/hello', '//evil.example/hello', NO_HOST),
  path('a star and more', '/*hello', '*hello'),
  path('dots', '/hello/there', '/a/../hello/./there'),
  path('encoded dots', '/hello', '/a/%2e%2e/hello'),
  path('characters a URL does not have', '/hello/%3Cb%3E%22%7B%7D|/%5E%60', '/hello/<b>"{}|\\^`'),
  query('a query of 15 kB', 'a=1&'.repeat(3_700).slice(0, -1), 'a=1&'.repeat(3_700)),
  query('a query of a question mark', '', '?'),
  query('a query without values', 'a=&b=&c=', 'a&b&c'),
  query('a query with a space and a plus', 'a=b+c+d', 'a=b+c%20d'),
  query('a query with odd characters', 'a=%27b%27&c=%5Bd%5D&e=%7Bf%7D%7C%5E%60', "a='b'&c=[d]&e={f}|^`"),
  query('a query in UTF-8', 'name=%C3%A9&other=%EF%BF%BD', 'name=%C3%A9&other=%e9'),
  query('a percent sign alone', 'a=%25', 'a=%'),
  query('percent signs and nonsense', 'a=%25zz', 'a=%zz'),
  query('a semicolon', 'a=1%3Bb%3D2', 'a=1;b=2'),
  query('a signature twice', 'sig=REDACTED', 'sig=REDACTED&sig=REDACTED'),
  query('a signature in a name that is encoded', 'sig=REDACTED', '%73ig=REDACTED'),
  query('a signature without a value', 'sig=REDACTED', 'sig', 'There is nothing to hide.'),
];
