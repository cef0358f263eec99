import { commonRequests, type Application, type Ask } from '../application.ts';

const preferring = (prefer: string, path = '/stars/1'): Ask => ({ path, headers: { prefer } });
const posting = (body: string, headers: Ask['headers'] = {}): Ask => ({
  method: 'POST',
  path: '/stars',
  headers: { 'content-type': 'application/json', 'x-key': 'k', ...headers },
  body,
});

export const prism: Application = {
  name: 'prism',
  start: (port) => [
    '@stoplight/prism-cli/dist/index.js',
    'mock',
    '-h',
    '127.0.0.1',
    '-p',
    String(port),
    '--multiprocess=false',
    'api.json',
  ],
  // Node warns of `punycode` unless all that asks for it is in node_modules, where Firstlight is not in its own tests.
  env: () => ({ NODE_NO_WARNINGS: '1' }),
  ready: /Prism is listening/,
  requests: [
    ...commonRequests('/stars'),
    { path: '/stars/1' },
    { path: '/stars/1', headers: { accept: 'application/json' } },
    { path: '/stars', headers: { accept: 'text/csv' } },
    { path: '/stars', headers: { accept: 'image/png' } },
    { path: '/stars?limit=5' },
    { path: '/stars?limit=50' },
    { path: '/stars?limit=many' },
    { path: '/stars/sirius' },
    { path: '/stars/1/planets' },
    preferring('code=404'),
    preferring('code=503'),
    preferring('code=418'),
    preferring('example=none'),
    posting('{"name":"Vega"}'),
    posting('{"name":"Vega"}', { prefer: 'code=409' }),
    posting('{"name":"V"}'),
    posting('{}'),
    posting('name=Vega', { 'content-type': 'application/x-www-form-urlencoded' }),
    { ...posting('{"name":"Vega"}'), headers: { 'content-type': 'application/json' } },
    { method: 'DELETE', path: '/stars/1' },
    { method: 'PUT', path: '/stars/1' },
    { method: 'OPTIONS', path: '/stars', headers: { origin: 'http://elsewhere.example' } },
  ],
  // The examples of what may be asked.
  random: [/http:.*\/stars.*$/gm],
};
