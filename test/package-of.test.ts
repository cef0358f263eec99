import { expect, test } from 'vitest';
import { packageOf } from '../src/package-of.ts';

test.each([
  ['/app/node_modules/express/lib/express.js', 'express', '/app/node_modules/express'],
  ['/app/node_modules/@hapi/hapi/lib/index.js', '@hapi/hapi', '/app/node_modules/@hapi/hapi'],
  [
    '/app/node_modules/.pnpm/pg@8.0.0/node_modules/pg/lib/client.js',
    'pg',
    '/app/node_modules/.pnpm/pg@8.0.0/node_modules/pg',
  ],
  ['/app/node_modules/a/node_modules/b/index.js', 'b', '/app/node_modules/a/node_modules/b'],
  ['file:///app/node_modules/@koa/router/dist/index.mjs', '@koa/router', 'file:///app/node_modules/@koa/router'],
  ['C:\\app\\node_modules\\@hapi\\hapi\\lib\\index.js', '@hapi/hapi', 'C:\\app\\node_modules\\@hapi\\hapi'],
  ['/app/node_modules/express/lib/node_modules.js', 'express', '/app/node_modules/express'],
])('%s lies in %s', (file, name, folder) => {
  expect(packageOf(file)).toEqual({ name, folder });
});

test.each([
  '/app/server.js',
  '/app/node_modules/loose.js',
  '/app/node_modules/@scope/loose.js',
  '/app/old_node_modules/express/index.js',
  '/app/node_modules-express-old/index.js',
  'node:http',
  '',
])('%j lies in no package', (file) => {
  expect(packageOf(file)).toBeUndefined();
});
