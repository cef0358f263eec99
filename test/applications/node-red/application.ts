import { commonRequests, type Application } from '../application.ts';

const json = { 'content-type': 'application/json' };
const upload = [
  '--night',
  'Content-Disposition: form-data; name="plate"; filename="plate.txt"',
  'Content-Type: text/plain',
  '',
  'x'.repeat(50_000),
  '--night--',
  '',
].join('\r\n');

export const nodeRed: Application = {
  name: 'node-red',
  start: (port) => ['node-red/red.js', '--port', String(port), '--userDir', '.', '--settings', 'settings.js'],
  ready: /Started flows/,
  requests: [
    ...commonRequests('/stars/1', '/stars/:id'),
    { path: '/stars/sirius', route: '/stars/:id' },
    { path: '/slow', route: '/slow' },
    { path: '/through/2', routes: ['/stars/:id', '/through/:id'] },
    { method: 'POST', path: '/stars', route: '/stars', headers: json, body: '{"name":"vega"}' },
    { method: 'POST', path: '/stars', headers: json, body: '{"name"' },
    {
      method: 'POST',
      path: '/stars',
      route: '/stars',
      headers: { 'content-type': 'multipart/form-data; boundary=night' },
      body: upload,
    },
    { path: '/ws', messages: ['one', 'two'], replies: 2 },
    { path: '/comms', messages: ['{"subscribe":"status/#"}'], replies: 1 },
    { path: '/sky.txt' },
    { path: '/sky.txt', headers: { range: 'bytes=1-2' } },
    { path: '/', route: '/' },
    { path: '/favicon.ico' },
    { path: '/settings', route: '/settings' },
    { path: '/flows', route: '/flows' },
    { path: '/flows', route: '/flows', headers: { 'node-red-api-version': 'v2' } },
    { path: '/flow/sky', route: '/flow/:id' },
    { path: '/flow/none', route: '/flow/:id' },
    { path: '/nodes', route: '/nodes', headers: { accept: 'application/json' } },
    { path: '/locales/nodes?lng=en-US', route: '/^\\/locales\\/(.+)\\/?$/' },
    { path: '/none' },
    { method: 'OPTIONS', path: '/flows' },
    { method: 'DELETE', path: '/flow/none', route: '/flow/:id' },
  ],
  random: [/^etag: .*$/gim, /\d+ \w+ \d\d:\d\d:\d\d/g, /v=[\da-f]{12}/g],
};
