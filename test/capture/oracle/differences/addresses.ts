import type { Reasoned } from './reasoned.ts';

const PEER = '127.0.0.1';
const HOST = 'shop.example';

const WITHOUT_BRACKETS = 'An address is no part of a URL: it has no brackets.';
const NO_PORT = 'A port is a number up to 65535; what is none is not reported.';
const HAS_PATH = 'The path is required, and the host has no part in it.';

const path = { 'url.path': [undefined, '/hello'], 'url.query': [undefined, 'a=1'] } as const;

export const hosts: readonly Reasoned[] = [
  {
    requests: ['an IPv6 host', 'an IPv6 host with a port'],
    what: { 'server.address': ['[2001:db8::1]', '2001:db8::1'] },
    reason: WITHOUT_BRACKETS,
  },
  { requests: ['an IPv6 peer'], what: { 'server.address': ['[::1]', '::1'] }, reason: WITHOUT_BRACKETS },
  { requests: ['a host with a user'], what: { 'server.port': [Number.NaN, undefined] }, reason: NO_PORT },
  {
    requests: ['a host with spaces', 'a host that is a port only', 'a host of an open bracket'],
    what: path,
    reason: HAS_PATH,
  },
  {
    requests: ['a host with a port too high'],
    what: { ...path, 'server.port': [99_999, undefined] },
    reason: `${HAS_PATH} ${NO_PORT}`,
  },
  {
    requests: ['a host with a port that is none'],
    what: { ...path, 'server.port': [Number.NaN, undefined] },
    reason: `${HAS_PATH} ${NO_PORT}`,
  },
];

const reason = 'Anybody can send these headers: they are believed where FIRSTLIGHT_TRUST_PROXY says who may.';
const client = (from: string): Reasoned['what'] => ({ 'client.address': [from, PEER] });
const host = (port: number | undefined): Reasoned['what'] => ({
  'server.address': ['public.example', HOST],
  'server.port': [port, 8080],
});

export const distrusted: readonly Reasoned[] = [
  {
    requests: [
      'Forwarded: for',
      'Forwarded and X-Forwarded-For',
      'X-Forwarded-For',
      'X-Forwarded-For: a list',
      'X-Forwarded-For: a port',
      'X-Forwarded-For twice',
    ],
    what: client('203.0.113.7'),
    reason,
  },
  {
    requests: ['X-Forwarded-For: IPv6', 'X-Forwarded-For: IPv6 with a port'],
    what: client('2001:db8::1'),
    reason,
  },
  { requests: ['X-Forwarded-For: no address'], what: client('<script>'), reason },
  { requests: ['Forwarded: all of it'], what: { ...client('203.0.113.7'), ...host(443) }, reason },
  { requests: ['Forwarded: a list'], what: { ...client('203.0.113.7'), ...host(undefined) }, reason },
  { requests: ['Forwarded: IPv6 with a port'], what: { ...client('2001:db8::1'), ...host(8443) }, reason },
  { requests: ['X-Forwarded-Host'], what: host(undefined), reason },
  { requests: ['X-Forwarded-Host and -Proto'], what: host(443), reason },
];

export const believed: readonly Reasoned[] = [
  {
    requests: ['X-Forwarded-For: no address'],
    what: client('<script>'),
    reason: 'What is no address is nobody.',
  },
  {
    requests: ['Forwarded: all of it', 'X-Forwarded-Host and -Proto', 'X-Forwarded-Proto'],
    what: { 'url.scheme': ['http', 'https'] },
    reason: 'The scheme is that of the request of the original client, where a proxy tells.',
  },
  {
    requests: ['Forwarded: a list', 'X-Forwarded-Host'],
    what: { 'server.port': [undefined, 80] },
    reason: 'No proxy tells of another scheme than http, and that has a port.',
  },
];
