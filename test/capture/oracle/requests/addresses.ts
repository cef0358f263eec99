import { END, bare, head, TRACED, type Row } from '../request.ts';

/** One row for each way that proxies speak of the client. */
const FORWARDED: readonly (readonly [name: string, ...headers: string[]])[] = [
  ['Forwarded: for', 'Forwarded: for=203.0.113.7'],
  ['Forwarded: all of it', 'Forwarded: for=203.0.113.7;host=public.example;proto=https;by=198.51.100.1'],
  ['Forwarded: a list', 'Forwarded: for=203.0.113.7;host=public.example, for=198.51.100.2'],
  ['Forwarded: IPv6 with a port', 'Forwarded: for="[2001:db8::1]:4711";host="public.example:8443"'],
  ['Forwarded: nonsense', 'Forwarded: ;;=for,"'],
  ['Forwarded and X-Forwarded-For', 'Forwarded: for=203.0.113.7', 'X-Forwarded-For: 192.0.2.9'],
  ['X-Forwarded-For', 'X-Forwarded-For: 203.0.113.7'],
  ['X-Forwarded-For: a list', 'X-Forwarded-For: 203.0.113.7, 198.51.100.2, 127.0.0.1'],
  ['X-Forwarded-For: a port', 'X-Forwarded-For: 203.0.113.7:4711'],
  ['X-Forwarded-For: IPv6', 'X-Forwarded-For: 2001:db8::1'],
  ['X-Forwarded-For: IPv6 with a port', 'X-Forwarded-For: [2001:db8::1]:4711'],
  ['X-Forwarded-For: no address', 'X-Forwarded-For: <script>'],
  ['X-Forwarded-For twice', 'X-Forwarded-For: 203.0.113.7', 'X-Forwarded-For: 198.51.100.2'],
  ['X-Forwarded-Host', 'X-Forwarded-Host: public.example'],
  ['X-Forwarded-Host and -Proto', 'X-Forwarded-Host: public.example', 'X-Forwarded-Proto: https'],
  ['X-Forwarded-Proto', 'X-Forwarded-Proto: https'],
  ['X-Forwarded-Proto: no scheme', 'X-Forwarded-Proto: <script>'],
];

const HOSTS: readonly (readonly [name: string, host: string])[] = [
  ['a host without a port', 'shop.example'],
  ['an IPv4 host', '192.0.2.1:8080'],
  ['an IPv6 host', '[2001:db8::1]'],
  ['an IPv6 host with a port', '[2001:db8::1]:8080'],
  ['an empty host', ''],
  ['a host with a path', 'shop.example/evil?x=1'],
  ['a host with a user', 'user:secret@shop.example'],
  ['a host with spaces', 'shop example'],
  ['a host that is a port only', ':8080'],
  ['a host with a port too high', 'shop.example:99999'],
  ['a host with a port that is none', 'shop.example:port'],
  ['a host of 4 kB', `${'a'.repeat(4000)}.example`],
  ['a host of an open bracket', '[2001:db8::1'],
  ['a host of bytes', 'sh\u00f6p.example'],
  ['a host named __proto__', '__proto__'],
];

export const addresses: readonly Row[] = [
  ...FORWARDED.map(([name, ...headers]) => ({ name, steps: [head('GET /hello', ...headers)] })),
  ...HOSTS.map(([name, host]) => ({
    name,
    steps: [Buffer.from(bare('GET /hello?a=1 HTTP/1.1', `Host: ${host}`, 'Connection: close'), 'latin1')],
  })),
  { name: 'two hosts', steps: [head('GET /hello', 'Host: other.example')] },
  { name: 'no host', steps: [bare('GET /hello HTTP/1.1', 'Connection: close')] },
  { name: 'HTTP/1.0 without a host', steps: [bare('GET /hello?a=1 HTTP/1.0')] },
  { name: 'HTTP/1.0 with a host', steps: [bare('GET /hello HTTP/1.0', 'Host: shop.example')] },
  { name: 'HTTP/0.9', steps: [`GET /hello HTTP/0.9\r\n${TRACED}\r\n\r\n`] },
  { name: 'HTTP/3.0', steps: [bare('GET /hello HTTP/3.0', 'Host: shop.example')] },
  { name: 'an IPv6 peer', to: 'v6', steps: [bare('GET /hello HTTP/1.1', 'Host: [::1]:8080', 'Connection: close')] },
  { name: 'https', to: 'secure', steps: [head('GET /hello?a=1')] },
  {
    name: 'https without a port',
    to: 'secure',
    steps: [bare('GET /hello HTTP/1.1', 'Host: shop.example', 'Connection: close')],
  },
  { name: 'https, thrown', to: 'secure', steps: [head('GET /throw'), /102 Processing/, END] },
];
