/** Connections of scrapers that have gone wrong, drawn at random: the same for the same seed. */
import { randomness } from '../support/randomness.ts';
export interface Connection {
  readonly requests: number;
  readonly bytes: Buffer;
  /** How the client ends it. */
  readonly end: 'after the answer' | 'at once' | 'by a reset' | 'half';
}

const METHODS = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'get', 'M-SEARCH', 'PRI', '', 'G E T', 'ÄÖÜ', 'CONNECT'];
const TARGETS = [
  '/metrics',
  '/metrics',
  '/metrics?a=b',
  '/metrics/',
  '//metrics',
  '*',
  '',
  '/%',
  '/\0',
  '/é',
  '/..',
  'http://x/metrics',
];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', 'HTTP', 'http/1.1', ''];
const ACCEPTED = [
  '*/*',
  'text/plain;version=0.0.4;q=0.5',
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8',
  'application/openmetrics-text;version=99;q=nan',
  'text/html;q=-1, ;;;, =',
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
  ';q='.repeat(2000),
  'a/b,'.repeat(3000),
  '"\\"',
  '\t',
  '',
];
const ENCODINGS = [
  'gzip',
  'gzip;q=0',
  'gzip;q=abc',
  'br, zstd',
  '*;q=0.001',
  'identity;q=0',
  'gzip,'.repeat(2000),
  'GZIP ; q = 1',
  '',
];
const HEADERS = [
  'Host: localhost',
  'Host: a\r\nHost: b',
  'Connection: upgrade\r\nUpgrade: h2c',
  'Connection: close',
  'Expect: 100-continue',
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: chunked\r\nContent-Length: 3',
  'Transfer-Encoding: gzip, chunked',
  'X-Prometheus-Scrape-Timeout-Seconds: 0.000001',
  'X-Prometheus-Scrape-Timeout-Seconds: x',
  `X-Large: ${'a'.repeat(15_000)}`,
  `X-Larger: ${'a'.repeat(70_000)}`,
  'x: y\r\n'.repeat(2500).trimEnd(),
  'no colon',
  ': no name',
  'X-Nul: \0',
  'Authorization: Bearer \xff',
];
const BODIES = [
  '',
  '',
  '',
  'hello',
  '5\r\nhello\r\n0\r\n\r\n',
  'zz\r\n',
  'ffffffffffff\r\nx',
  '-1\r\n\r\n',
  '0\r\n\r\n',
];
const ENDS: readonly Connection['end'][] = ['after the answer', 'after the answer', 'half', 'at once', 'by a reset'];

/** Until there are as many requests as `count`. */
export function* oddScrapes(seed: number, count: number): Generator<Connection> {
  const { below, pick } = randomness(seed);
  const request = (): string => {
    const lines = [`${pick(METHODS)} ${pick(TARGETS)} ${pick(VERSIONS)}`, 'Host: localhost'];
    if (below(2) === 0) lines.push(`Accept: ${pick(ACCEPTED)}`);
    if (below(2) === 0) lines.push(`Accept-Encoding: ${pick(ENCODINGS)}`);
    for (let more = below(3); more > 0; more--) lines.push(pick(HEADERS));
    return `${lines.join(pick(['\r\n', '\r\n', '\r\n', '\n', '\r']))}\r\n\r\n${pick(BODIES)}`;
  };
  const garbage = (): string => String.fromCharCode(...Array.from({ length: 1 + below(300) }, () => below(256)));
  const flipped = (text: string): string => {
    const at = below(text.length);
    return text.slice(0, at) + String.fromCharCode(below(256)) + text.slice(at + below(4));
  };
  const forms = [
    request,
    request,
    request,
    request,
    () => flipped(request()),
    () => request().slice(0, below(60)),
    garbage,
  ];
  for (let sent = 0; sent < count;) {
    const requests = 1 + below(6);
    sent += requests;
    const text = Array.from({ length: requests }, () => pick(forms)()).join('');
    yield { requests, bytes: Buffer.from(text, 'latin1'), end: pick(ENDS) };
  }
}
