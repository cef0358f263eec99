import { commonRequests, type Application } from '../application.ts';

const client = (id: string): string => `/peerjs?key=peerjs&id=${id}&token=t`;

export const peer: Application = {
  name: 'peer',
  start: (port) => ['peer/dist/bin/peerjs.js', '--host', '127.0.0.1', '--port', String(port), '--allow_discovery'],
  ready: /Started PeerServer/,
  requests: [
    ...commonRequests('/', '/'),
    { path: '/peerjs/id', route: '/:key/id' },
    { path: '/peerjs/peers', route: '/:key/peers' },
    { path: '/other/peers', route: '/:key/peers' },
    { path: '/peerjs/none' },
    { path: '/none' },
    { method: 'POST', path: '/peerjs/id', body: 'unwanted' },
    { method: 'OPTIONS', path: '/peerjs/id', headers: { origin: 'http://elsewhere.example' } },
    { path: '/peerjs/id', route: '/:key/id', headers: { origin: 'http://elsewhere.example' } },
    { path: '/%E0%A4%A' },
    { path: client('ada'), messages: [], replies: 1 },
    { path: client('grace'), messages: ['{"type":"HEARTBEAT"}'], replies: 1 },
    { path: client('annie'), messages: ['{"type":"OFFER","dst":"annie","payload":1}'], replies: 2 },
    {
      path: client('vera'),
      messages: ['{"type":"ANSWER","dst":"vera"}', '{"type":"CANDIDATE","dst":"vera"}'],
      replies: 3,
    },
    { path: client('cecilia'), messages: ['no json'], replies: 1 },
    { path: '/peerjs?key=wrong&id=ada&token=t', messages: [], replies: 1 },
    { path: '/peerjs?key=peerjs', messages: [], replies: 1 },
    { path: '/elsewhere', messages: [] },
    { path: '/peerjs/peers', route: '/:key/peers' },
    { method: 'DELETE', path: '/' },
    { path: '/?name=ada', route: '/' },
  ],
  random: [/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, /^etag: .*$/gim],
};
