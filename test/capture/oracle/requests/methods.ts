import { END, bare, head, type Row } from '../request.ts';

const KNOWN = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'QUERY'];
/** Node's parser knows these; the conventions do not. */
const UNKNOWN = ['PROPFIND', 'PURGE', 'M-SEARCH'];

export const methods: readonly Row[] = [
  ...[...KNOWN, ...UNKNOWN].map((method) => ({ name: method, steps: [head(`${method} /hello`, 'Content-Length: 0')] })),
  { name: 'HEAD', steps: [head('HEAD /hello')] },
  { name: 'HEAD of what has a length', steps: [head('HEAD /length')] },
  { name: 'a method no parser knows', steps: [head('SHOUT /hello')] },
  { name: 'a method in lower case', steps: [head('get /hello')] },
  { name: 'an unknown method with a route', to: 'express', steps: [head('PROPFIND /any/7')] },
  { name: 'OPTIONS *', steps: [head('OPTIONS *')] },
  { name: 'CONNECT without a listener', steps: [bare('CONNECT shop.example:443 HTTP/1.1', 'Host: shop.example:443')] },
  {
    name: 'CONNECT accepted',
    to: 'listening',
    steps: [
      bare('CONNECT accepted.example:443 HTTP/1.1', 'Host: accepted.example:443'),
      /200 .*\r\n\r\n/,
      'through',
      /through/,
    ],
  },
  {
    name: 'CONNECT refused',
    to: 'listening',
    steps: [bare('CONNECT refused.example:443 HTTP/1.1', 'Host: refused.example:443')],
  },
  {
    name: 'CONNECT cut',
    to: 'listening',
    steps: [bare('CONNECT cut.example:443 HTTP/1.1', 'Host: cut.example:443')],
  },
];

const UPGRADE = ['Connection: Upgrade', 'Upgrade: chat'];

export const upgrades: readonly Row[] = [
  {
    name: 'Upgrade accepted',
    to: 'listening',
    steps: [bare('GET /accepted HTTP/1.1', 'Host: shop.example', ...UPGRADE), /101 [^]*\r\n\r\n/, 'frame', /frame/],
  },
  {
    name: 'Upgrade refused',
    to: 'listening',
    steps: [bare('GET /refused HTTP/1.1', 'Host: shop.example', ...UPGRADE)],
  },
  { name: 'Upgrade cut', to: 'listening', steps: [bare('GET /cut HTTP/1.1', 'Host: shop.example', ...UPGRADE)] },
  {
    name: 'Upgrade whose listener throws',
    to: 'listening',
    steps: [bare('GET /throw HTTP/1.1', 'Host: shop.example', ...UPGRADE), 200, END],
  },
  {
    name: 'Upgrade without a listener',
    steps: [bare('GET /hello HTTP/1.1', 'Host: shop.example', ...UPGRADE), /hello/, END],
  },
];
