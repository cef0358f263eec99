import { createHash } from 'node:crypto';
import { commonRequests, type Application, type Ask } from '../application.ts';

const json = { 'content-type': 'application/json' };
const asAda = { authorization: `Basic ${Buffer.from('ada:moonlight').toString('base64')}` };
const tarball = Buffer.from('a tarball, as far as anybody looks');
const version = {
  name: 'telescope',
  version: '1.0.0',
  dist: {
    shasum: createHash('sha1').update(tarball).digest('hex'),
    tarball: 'http://localhost/telescope/-/telescope-1.0.0.tgz',
  },
};
const MANIFEST = '/:package/:version?';
const published = JSON.stringify({
  _id: 'telescope',
  name: 'telescope',
  'dist-tags': { latest: '1.0.0' },
  versions: { '1.0.0': version },
  _attachments: {
    'telescope-1.0.0.tgz': {
      content_type: 'application/octet-stream',
      data: tarball.toString('base64'),
      length: tarball.length,
    },
  },
});
const user: Ask = {
  method: 'PUT',
  path: '/-/user/org.couchdb.user:ada',
  route: '/-/user/:org_couchdb_user/:_rev?/:revision?',
  headers: json,
  body: JSON.stringify({ name: 'ada', password: 'moonlight' }),
};

export const verdaccio: Application = {
  name: 'verdaccio',
  start: (port) => ['verdaccio/bin/verdaccio', '--config', 'config.yaml', '--listen', `127.0.0.1:${port}`],
  ready: /http address/,
  requests: [
    ...commonRequests('/-/ping', '/-/ping'),
    user,
    { ...user, body: JSON.stringify({ name: 'ada', password: 'daylight' }) },
    { path: '/-/whoami', route: '/-/whoami' },
    { path: '/-/whoami', route: '/-/whoami', headers: asAda },
    { path: '/telescope', route: MANIFEST },
    { method: 'PUT', path: '/telescope', route: '/:package/:_rev?/:revision?', headers: json, body: published },
    {
      method: 'PUT',
      path: '/telescope',
      route: '/:package/:_rev?/:revision?',
      headers: { ...json, ...asAda },
      body: published,
    },
    {
      method: 'PUT',
      path: '/telescope',
      route: '/:package/:_rev?/:revision?',
      headers: { ...json, ...asAda },
      body: published,
    },
    { method: 'PUT', path: '/telescope', headers: { ...json, ...asAda }, body: '{' },
    { path: '/telescope', route: MANIFEST },
    {
      path: '/telescope',
      route: MANIFEST,
      headers: { accept: 'application/vnd.npm.install-v1+json', 'accept-encoding': 'gzip' },
    },
    { path: '/telescope/1.0.0', route: MANIFEST },
    { path: '/telescope/2.0.0', route: MANIFEST },
    { path: '/telescope/-/telescope-1.0.0.tgz', route: '/:package/-/:filename' },
    { path: '/telescope/-/telescope-2.0.0.tgz', route: '/:package/-/:filename' },
    { path: '/-/package/telescope/dist-tags', route: '/-/package/:package/dist-tags' },
    {
      method: 'PUT',
      path: '/-/package/telescope/dist-tags/next',
      route: '/-/package/:package/dist-tags/:tag',
      headers: { ...json, ...asAda },
      body: '"1.0.0"',
    },
    { path: '/-/v1/search?text=tele', route: '/-/v1/search' },
    { path: '/-/all', route: '/-/all(/since)?' },
    { path: '/@scope%2fnone', route: MANIFEST },
    { path: '/', route: '/' },
    { method: 'DELETE', path: '/telescope/-rev/1', route: '/:package/-rev/*', headers: asAda },
  ],
  random: [
    /"(time|pid|token|_rev)": ?("[^"]*"|\d+)/g,
    /"(responseTime|remotePort)":\d+/g,
    /^(etag|x-ratelimit-reset): .*$/gim,
  ],
};
