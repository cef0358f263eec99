import { commonRequests, type Application } from '../application.ts';

const json = { 'content-type': 'application/json' };

export const fastifyCli: Application = {
  name: 'fastify-cli',
  start: (port, modules) => [
    'fastify-cli/cli.js',
    'start',
    '--log-level=info',
    `--port=${port}`,
    `${modules}/fastify-cli/templates/app/app.js`,
  ],
  ready: /Server listening/,
  requests: [
    ...commonRequests('/example', '/example'),
    { path: '/', route: '/' },
    { path: '/?name=ada', route: '/' },
    { method: 'HEAD', path: '/', route: '/' },
    { path: '/example/', route: '/example' },
    { path: '/none' },
    { path: '/none', headers: { accept: 'text/html' } },
    { path: '/example/none' },
    { method: 'POST', path: '/', headers: json, body: '{}' },
    { method: 'POST', path: '/none', headers: json, body: '{"open' },
    { method: 'PUT', path: '/example', headers: json, body: '{}' },
    { method: 'PATCH', path: '/', headers: { 'content-type': 'text/plain' }, body: 'text' },
    { method: 'DELETE', path: '/' },
    { method: 'OPTIONS', path: '/', headers: { origin: 'http://elsewhere.example' } },
    { path: '//' },
    { path: '/%E0%A4%A' },
    { path: '/a%2Fb' },
    { path: '/;jsessionid=1' },
    { path: '/example?__proto__=1', route: '/example' },
    { path: '/example', route: '/example', headers: { 'content-type': 'application/json' } },
    { path: '/example', route: '/example', headers: { 'if-none-match': '*' } },
  ],
  random: [/"(pid|time|hostname|responseTime|remotePort|stack)":("([^"\\]|\\.)*"|[\d.]+)/g],
};
