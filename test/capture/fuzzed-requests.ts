/** Requests that went wrong in the ways that requests go wrong, the same ones for the same seed. */
import { randomness } from '../support/randomness.ts';

export interface Fuzzed {
  /** Sent one after the other. */
  readonly fragments: readonly Buffer[];
  /** Which of the servers it is for. */
  readonly server: number;
}

const VALID = [
  'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n',
  'GET /search?q=a&sig=secret HTTP/1.1\r\nHost: a.example:8080\r\nUser-Agent: fuzz\r\nAccept: */*\r\n\r\n',
  'HEAD /path HTTP/1.1\r\nHost: [::1]:80\r\n\r\n',
  'POST /form HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello',
  'POST /up HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;x=y\r\nyou\r\n0\r\nX-Sum: 1\r\n\r\n',
  'PUT /wait HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi',
  'GET /old HTTP/1.0\r\n\r\n',
  'GET http://b.example/whole?a=1 HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-For: 203.0.113.7, 10.0.0.1\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: a.example\r\nForwarded: for="[2001:db8::1]:47";proto=https\r\n\r\n',
  'GET /chat HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nframe',
  'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\nthrough',
  'GET /traced HTTP/1.1\r\nHost: a.example\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntracestate: a=1\r\nbaggage: k=v;p\r\n\r\n',
];

const METHODS = ['PROPFIND', 'M-SEARCH', 'QUERY', 'PRI', 'get', '__proto__', 'G\0T', '', 'X'.repeat(300)];
const VERSIONS = ['HTTP/0.9', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/3.0', 'HTTP/', 'RTSP/1.0', 'HTTP/1.1 ', 'http/1.1'];
const HOSTS = [
  '',
  ' ',
  ':',
  ':0',
  'a:b:c',
  '[',
  '[::',
  ']:1',
  'a@b',
  'a/b?c',
  '%00',
  '\xff\xfe',
  '__proto__',
  'h'.repeat(5000),
];
const HEADERS = [
  '__proto__: x',
  'constructor: x',
  'prototype: x',
  'hasOwnProperty: x',
  'toString: x',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Content-Length: 3',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: identity',
  'Connection: close',
  'Connection: keep-alive, Upgrade',
  'Upgrade: h2c',
  'Expect: 100-continue',
  'Expect: tea',
  'Trailer: X-Sum',
  'traceparent: ff-0-0-0',
  `tracestate: ${'a=1,'.repeat(500)}`,
  `baggage: ${'%zz=%zz;'.repeat(300)}`,
  'baggage: __proto__=1',
  'X-Forwarded-For: \xff, ,,[',
  'X-Forwarded-Host: a, b',
  'Forwarded: for=;;==",',
  'User-Agent:',
  ': empty',
  'no colon',
  'X-Tab:\t\tx\t',
  'X-Nul: a\0b',
  ' folded: x',
  `X-Giant: ${'g'.repeat(9000)}`,
  `X-Too-Giant: ${'g'.repeat(20_000)}`,
];
const CHUNKS = ['5', 'zz', '-1', 'ffffffffffffffff', '0', '5;a="b"', '5 ', '', '00000000005', '5\n'];

export function* fuzzedRequests(seed: number, count: number): Generator<Fuzzed> {
  const { below, pick, chance } = randomness(seed);
  const place = (text: string): number => below(text.length + 1);
  const mutations: readonly ((text: string) => string)[] = [
    (text) => replacedAt(text, place(text), 1, String.fromCharCode(below(256))),
    (text) => replacedAt(text, place(text), 0, String.fromCharCode(below(256)).repeat(1 + below(3))),
    (text) => replacedAt(text, place(text), 1 + below(8), ''),
    (text) => text.slice(0, place(text)),
    (text) => text.slice(0, place(text)) + pick(VALID).slice(below(40)),
    (text) => text.replace(/^\S*/, () => pick(METHODS)),
    (text) => text.replace(/HTTP\/\d\.\d/, () => pick(VERSIONS)),
    (text) => text.replace(/Host: [^\r]*/, () => `Host: ${pick(HOSTS)}`),
    (text) => text.replace('\r\n', () => `\r\n${pick(HEADERS)}\r\n`),
    (text) => text.replace('\r\n', () => `\r\n${pick(HEADERS)}\r\n${pick(HEADERS)}\r\n`),
    (text) => text.replace(/\r\n\r\n[\da-f]+/, () => `\r\n\r\n${pick(CHUNKS)}`),
    (text) => text.replace(/\r\n/, () => pick(['\n', '\r', '\r\r\n', '\n\n'])),
    (text) =>
      text.replace(
        / (\S*) /,
        (_all, target: string) => ` ${target}${pick(['?', '#', '%', '\xe9', '//', '\\', '\t', 'p'.repeat(3000)])} `,
      ),
    (text) => text + pick(VALID),
    (text) => text + text,
  ];

  for (let index = 0; index < count; index++) {
    let text = pick(VALID);
    for (let times = below(4); times >= 0; times--) text = pick(mutations)(text);
    const bytes = Buffer.from(text, 'latin1');
    const cut = chance(0.3) ? below(bytes.length + 1) : bytes.length;
    yield {
      fragments: [bytes.subarray(0, cut), bytes.subarray(cut)].filter(({ length }) => length > 0),
      server: below(2),
    };
  }
}

const replacedAt = (text: string, at: number, length: number, by: string): string =>
  text.slice(0, at) + by + text.slice(at + length);
