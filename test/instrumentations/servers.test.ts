/** The libraries that answer requests: named by their route, connected with who asks, and without noise. */
import { beforeAll, describe, expect, test } from 'vitest';
import { INSTALL_TIMEOUT } from '../support/install.ts';
import { FORMS, install, runFile, runLibrary, traceIds, tree, type App, type Library, type Seen } from './library.ts';

const folders: Partial<Record<App, string>> = {};
const folder = (app: App): string => folders[app] ?? '';
beforeAll(async () => {
  for (const app of ['libraries', 'former'] as const) folders[app] = await install(app);
}, 2 * INSTALL_TIMEOUT);

interface Case extends Library {
  readonly title: string;
  readonly app?: App;
  /** `kind name < parent` of every span. */
  readonly spans: readonly string[];
  /** What comes with them where a setting asks for handlers. */
  readonly handlers: readonly string[];
  /** `http.route` of the server spans. */
  readonly routes: readonly (string | undefined)[];
}

const asked = (...names: readonly string[]): string[] => [
  ...names.map(() => 'client GET'),
  ...names.map((name) => `server ${name} < GET`),
];

const FASTIFY = {
  specifier: 'fastify',
  spans: asked('GET /users/:id', 'GET /secrets/:id', 'GET'),
  handlers: [],
  routes: ['/users/:id', '/secrets/:id', undefined],
} as const;

const CASES: readonly Case[] = [
  {
    title: 'express 5',
    specifier: 'express',
    spans: asked('GET /api/users/:id', 'GET'),
    handlers: ['internal request handler < GET /api/users/:id'],
    routes: ['/api/users/:id', undefined],
  },
  {
    title: 'express 4',
    app: 'former',
    specifier: 'express',
    spans: asked('GET /api/users/:id', 'GET'),
    handlers: ['internal request handler - /api/users/:id < GET /api/users/:id'],
    routes: ['/api/users/:id', undefined],
  },
  { title: 'fastify 5', ...FASTIFY },
  { title: 'fastify 4', app: 'former', ...FASTIFY },
  {
    title: 'koa',
    specifier: 'koa',
    spans: asked('GET /api/users/:id'),
    handlers: ['internal router - /api/users/:id < GET /api/users/:id'],
    routes: ['/api/users/:id'],
  },
  {
    title: 'hapi',
    specifier: '@hapi/hapi',
    body: 'hapi',
    spans: asked('GET /users/{id}'),
    handlers: ['internal route - /users/{id} < GET /users/{id}'],
    routes: ['/users/{id}'],
  },
  {
    title: 'restify',
    specifier: 'restify',
    spans: asked('GET /users/:id'),
    handlers: ['internal request handler - /users/:id < GET /users/:id'],
    routes: ['/users/:id'],
  },
  {
    title: 'connect',
    specifier: 'connect',
    spans: asked('GET /users'),
    handlers: ['internal request handler - /users < GET /users'],
    routes: ['/users'],
  },
  {
    title: 'router without express',
    specifier: 'router',
    spans: asked('GET /api/users/:id'),
    handlers: ['internal request handler - /api/users/:id < GET /api/users/:id'],
    routes: ['/api/users/:id'],
  },
];

function expectQuietEnd({ end }: Seen): void {
  expect(end.stderr).toBe('');
  expect(end.code).toBe(0);
}

const routes = ({ spans }: Seen): unknown[] =>
  spans.filter(({ kind }) => kind === 'server').map(({ attributes }) => attributes['http.route']);

describe.each(CASES)('$title', ({ app = 'libraries', spans, handlers, routes: expected, ...library }) => {
  test.each(FORMS)('by %s: spans with routes, one trace a request', async (form) => {
    const seen = await runLibrary(folder(app), library, form);
    expectQuietEnd(seen);
    expect(tree(seen.spans)).toEqual(spans.toSorted());
    expect(routes(seen)).toEqual(expected);
    expect(traceIds(seen.spans).size).toBe(expected.length);
  });

  test('a span of its handler, where a setting asks for it', async () => {
    const seen = await runLibrary(folder(app), library, 'require', { env: { FIRSTLIGHT_FRAMEWORK_SPANS: 'handler' } });
    expectQuietEnd(seen);
    expect(tree(seen.spans)).toEqual([...spans, ...handlers].toSorted());
  });
});

test('the route is on the duration metric too', async () => {
  const { metrics } = await runLibrary(folder('libraries'), { specifier: 'fastify' }, 'require');
  const points = metrics.find(({ name }) => name === 'http.server.request.duration')?.points ?? [];
  expect(new Set(points.map(({ attributes }) => attributes['http.route']))).toEqual(
    new Set(['/secrets/:id', '/users/:id', undefined]),
  );
});

test('what express reports is not reported by its router once more, whichever was loaded first', async () => {
  const seen = await runFile(`${folder('libraries')}/router-then-express.cjs`, {
    env: { FIRSTLIGHT_FRAMEWORK_SPANS: 'handler' },
  });
  expectQuietEnd(seen);
  expect(tree(seen.spans)).toEqual([
    'client GET',
    'internal request handler < GET /users/:id',
    'server GET /users/:id < GET',
  ]);
});

test('nest 12, an ES module: named by the route of express beneath it', async () => {
  const seen = await runFile(`${folder('libraries')}/nest.mjs`);
  expectQuietEnd(seen);
  expect(tree(seen.spans)).toEqual(asked('GET /api/users/:id'));
});

test("hono's server, which imports node:http by name", async () => {
  const seen = await runFile(`${folder('libraries')}/hono.mjs`);
  expectQuietEnd(seen);
  expect(tree(seen.spans)).toEqual(asked('GET /users/:id').toSorted());
});

test('node:http and node:https imported by name, as a namespace and as a default', async () => {
  const seen = await runFile(`${folder('libraries')}/http-named.mjs`);
  expectQuietEnd(seen);
  expect(tree(seen.spans)).toEqual([...Array(3).fill('client GET'), ...Array(3).fill('server GET < GET')]);
  const paths = seen.spans.filter(({ kind }) => kind === 'server').map(({ attributes }) => attributes['url.path']);
  expect(paths).toEqual(['/named', '/star', '/standard']);
  expect(seen.end.stdout).toBe('https true true\n');
});

test('spans of middleware, where a setting asks for all', async () => {
  const seen = await runLibrary(folder('libraries'), { specifier: 'express' }, 'require', {
    env: { FIRSTLIGHT_FRAMEWORK_SPANS: 'all' },
  });
  expectQuietEnd(seen);
  expect(tree(seen.spans)).toEqual(
    expect.arrayContaining([
      'internal middleware - <anonymous> < GET /api/users/:id',
      'internal request handler < GET /api/users/:id',
    ]),
  );
});

test('an option of the instrumentation is stronger than the setting for all', async () => {
  const seen = await runLibrary(folder('libraries'), { specifier: 'express' }, 'require', {
    env: {
      FIRSTLIGHT_FRAMEWORK_SPANS: 'all',
      FIRSTLIGHT_INSTRUMENTATION_EXPRESS_IGNORE_LAYERS_TYPE: 'request_handler',
    },
  });
  expectQuietEnd(seen);
  expect(tree(seen.spans)).toEqual(expect.arrayContaining(['internal middleware - <anonymous> < GET /api/users/:id']));
  expect(tree(seen.spans).filter((line) => line.includes('request handler'))).toEqual([]);
});
