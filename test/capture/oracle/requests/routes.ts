import { END, head, type Row } from '../request.ts';

const ROUTES: readonly (readonly [name: string, line: string])[] = [
  ['a route', 'GET /users/7'],
  ['a route with a query', 'GET /users/7?a=1'],
  ['HEAD of a route for GET', 'HEAD /users/7'],
  ['a nested router', 'GET /shop/items/3'],
  ['a router in a router in a router', 'GET /shop/deep/er/3'],
  ['a mounted application', 'GET /mounted/inner/3'],
  ['the root of a router', 'GET /shop'],
  ['the root of the application', 'GET /'],
  ['a route for all methods', 'DELETE /any/7'],
  ['a wildcard', 'GET /files/a/b/c'],
  ['a regular expression', 'GET /numbers/42'],
  ['one of several paths', 'GET /second'],
  ['an optional part', 'GET /optional'],
  ['unmatched', 'GET /nowhere'],
  ['unmatched within a router', 'GET /shop/nowhere'],
  ['the wrong method', 'DELETE /users/7'],
  ['a parameter that cannot be decoded', 'GET /users/%zz'],
  ['rewritten by a middleware', 'GET /old/7'],
  ['answered by a middleware', 'GET /early'],
  ['the next route of two', 'GET /twice/7'],
  ['a redirect', 'GET /redirect'],
  ['thrown in a route', 'GET /throw/7'],
  ['rejected in a route', 'GET /reject/7'],
  ['handed to next', 'GET /next-error/7'],
  ['thrown in a middleware', 'GET /middleware-error/7'],
  ['thrown in a route after the headers', 'GET /throw-sent/7'],
  ['an error without a handler', 'GET /unhandled/7'],
  ['a static file', 'GET /static/servers.cjs'],
  ['a static file that is missing', 'GET /static/missing'],
];

export const routes: readonly Row[] = [
  ...ROUTES.map(([name, line]): Row => ({ name, to: 'express', steps: [head(line)] })),
  { name: 'the client leaves a route', to: 'express', steps: [head('GET /hang/7'), /102 Processing/, END] },
  {
    name: 'a JSON body',
    to: 'express',
    steps: [head('POST /json', 'Content-Type: application/json', 'Content-Length: 7'), '{"a":1}'],
  },
  {
    name: 'a JSON body that is none',
    to: 'express',
    steps: [head('POST /json', 'Content-Type: application/json', 'Content-Length: 3'), '{a}'],
  },
];
