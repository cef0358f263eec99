/** Routes and errors of the frameworks that route with layers or a table, and no spans for their parts. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Span } from '../../support/collector.ts';
import { FORMS, runFile, written, type Form } from '../../instrumentations/library.ts';
import { INSTALL_TIMEOUT, installedApp } from '../../support/install.ts';
import { nodeBinary } from '../../support/nodes.ts';

const APPS = ['routers', 'routers-former'] as const;
type App = (typeof APPS)[number];
const folders: Partial<Record<App, string>> = {};
beforeAll(async () => {
  for (const app of APPS) folders[app] = await installedApp(join(import.meta.dirname, 'apps', app));
}, 2 * INSTALL_TIMEOUT);

/** Status, route, and the message of the error that is on the span. */
type Seen = readonly [status: number, route?: string | undefined, error?: string];
type Expected = Readonly<Record<string, Seen>>;

const LAYERS: Expected = {
  'GET /': [200, '/'],
  'GET /users/7': [200, '/users/:id'],
  'HEAD /users/7': [200, '/users/:id'],
  'GET /users/7?name=Ada': [200, '/users/:id'],
  'POST /posts/7': [200, '/posts/:id'],
  'HEAD /posts/7': [404],
  'GET /posts/7': [404],
  'OPTIONS /posts/7': [200],
  'GET /files/7': [200, String.raw`/^\/files\/(\d+)$/`],
  'GET /there': [200, '/here,/there'],
  'GET /old': [200, '/users/:id'],
  'GET /async/7': [200, '/async/:id'],
  'GET /t/acme/v2/users/7': [200, '/t/:tenant/:version/users/:id'],
  'GET /t/acme/v2': [200, '/t/:tenant/:version'],
  'GET /t/acme/sibling/users/7': [200, '/t/:tenant/:version/users/:id'],
  'GET /t/acme/v2/nothing': [404],
  'GET /late/users/7': [200, '/late/users/:id'],
  'GET /left/ada/users': [200, '/left/:name/users'],
  'GET /two/users/7': [200, String.raw`/^\/one/,/two/users/:id`],
  'GET /throwing/7': [500, '/throwing/:id', 'thrown'],
  'GET /passing/7': [500, '/passing/:id', 'passed'],
  'GET /answered/7': [503, '/answered/:id', 'answered'],
  'GET /first/7': [500, '/first/:id', 'first'],
  'GET /own/7': [503, '/own/:id', 'of the route'],
  'GET /wrapped': [500, '/wrapped', 'inner'],
  'GET /refused/7': [403, '/refused/:id'],
  'GET /later/7': [200, '/later/:id'],
  'GET /skipping/7': [500, '/skipping/:id'],
  'GET /middleware': [200, '/middleware'],
  'GET /nowhere': [404],
};

const EXPRESS: Expected = {
  ...LAYERS,
  'GET /mounted/acme/users/7': [200, '/mounted/:name/users/:id'],
  'GET /mounted/acme/throwing': [500, '/mounted/:name/throwing', 'mounted'],
  'GET /mounted/acme/nothing': [404],
};

const KOA: Expected = {
  'GET /': [200, '/'],
  'GET /users/7': [200, '/users/:id'],
  'HEAD /users/7': [200, '/users/:id'],
  'GET /users/me': [200, '/users/me'],
  'GET /users/7?denied': [401, '/users/:id'],
  'GET /t/acme/users/7': [200, '/t/:tenant/users/:id'],
  'GET /files/7': [200, String.raw`/^\/files\/(\d+)$/`],
  'GET /async/7': [200, '/async/:id'],
  'GET /posts/7': [405],
  'GET /throwing/7': [500, '/throwing/:id', 'thrown'],
  'GET /rejecting/7': [500, '/rejecting/:id', 'rejected'],
  'GET /answered/7': [503, '/answered/:id', 'answered'],
  'GET /mounted/users/7': [200, '/mounted/users/:id'],
  'GET /mounted/inner/users/7': [200, '/mounted/inner/users/:id'],
  'GET /mounted/else/7': [200, '/mounted/else/:id'],
  'GET /middleware': [200],
  'GET /nowhere': [404],
};

const HAPI: Expected = {
  'GET /users/7': [200, '/users/{id}'],
  'HEAD /users/7': [200, '/users/{id}'],
  'GET /old': [200, '/users/{id}'],
  'GET /files/a/b': [200, '/files/{path*2}'],
  'GET /t/acme/users/7': [200, '/t/{tenant}/users/{id}'],
  'GET /denied/7': [500, '/denied/{id}', 'denied'],
  'GET /throwing/7': [500, '/throwing/{id}', 'thrown'],
  'GET /rejecting/7': [500, '/rejecting/{id}', 'rejected'],
  'GET /returning/7': [500, '/returning/{id}', 'returned'],
  'GET /answered/7': [503, '/answered/{id}', 'answered'],
  'GET /posts/7': [404],
  'GET /middleware': [200],
  'GET /nowhere': [404],
};

const RESTIFY: Expected = {
  'GET /users/7': [200, '/users/:id'],
  'HEAD /users/7': [200, '/users/:id'],
  'GET /async/7': [200, '/async/:id'],
  'GET /denied/7': [500, '/denied/:id', 'denied'],
  'GET /throwing/7': [500, '/throwing/:id', 'thrown'],
  'GET /passing/7': [500, '/passing/:id', 'passed'],
  'GET /rejecting/7': [500, '/rejecting/:id', 'rejected'],
  'GET /answered/7': [503, '/answered/:id', 'answered'],
  'POST /users/7': [405],
  'GET /middleware': [200],
  'GET /nowhere': [404],
};

const CONNECT: Expected = {
  'GET /api/users/7': [200, '/api/users'],
  'HEAD /api/users': [200, '/api/users'],
  'GET /api/passing': [404],
  'GET /api/rest': [200, '/api/rest'],
  'GET /open/7': [200, '/open'],
  'GET /throwing': [500, '/throwing', 'thrown'],
  'GET /next': [500, '/next', 'passed'],
  'GET /answered': [503, '/answered', 'answered'],
  'GET /middleware': [200],
  'GET /nowhere': [404],
};

const MIXED: Expected = {
  'GET /newer/users/7': [200, '/newer/users/:id'],
  'GET /newer/t/acme/users/7': [200, '/newer/t/:tenant/users/:id'],
  'GET /newer/t/acme/throwing': [500, '/newer/t/:tenant/throwing', 'oldest'],
  'GET /router/users/7': [200, '/router/users/:id'],
  'GET /latest/users/7': [200, '/latest/users/:id'],
};

interface Case {
  readonly title: string;
  readonly body: string;
  readonly app?: App;
  /** Version of the Node that runs it; default: the one that runs the tests. */
  readonly node?: string;
  readonly expected: Expected;
}

const CASES: readonly Case[] = [
  {
    title: 'express 5',
    body: 'express',
    expected: { ...EXPRESS, 'GET /rejecting/7': [500, '/rejecting/:id', 'rejected'] },
  },
  { title: 'express 4', body: 'express', app: 'routers-former', expected: EXPRESS },
  { title: 'router 2', body: 'router', expected: LAYERS },
  { title: 'router 1', body: 'router', app: 'routers-former', expected: LAYERS },
  { title: 'connect', body: 'connect', expected: CONNECT },
  { title: 'koa 3', body: 'koa', expected: KOA },
  { title: 'koa 2', body: 'koa', app: 'routers-former', expected: KOA },
  { title: 'hapi 21', body: 'hapi', expected: HAPI },
  { title: 'hapi 20', body: 'hapi', app: 'routers-former', expected: HAPI },
  { title: 'restify 12', body: 'restify', expected: RESTIFY },
  // The last that needs what newer releases of Node do not have.
  { title: 'restify 11', body: 'restify', app: 'routers-former', node: '22.23.3', expected: RESTIFY },
  { title: 'express in express in connect', body: 'mixed', expected: MIXED },
];

/** An application that loads its libraries in that form. */
function entry({ app = 'routers', body }: Case, form: Form): string {
  const sources = join(folders.routers ?? '', 'bodies', `${body}.cjs`);
  const ask = join(folders.routers ?? '', 'ask.cjs');
  const [name, source] = {
    require: [`${body}.cjs`, `require('${ask}')((id) => require(id), require('${sources}'));`],
    import: [
      `${body}.mjs`,
      `import ask from '${ask}'; import body from '${sources}';
       await ask(async (id) => (await import(id)).default, body);`,
    ],
  }[form] as [string, string];
  return written(join(folders[app] ?? '', 'entries'), { [name]: source })(name);
}

describe.each(CASES)('$title', (library) => {
  test.each(FORMS)('by %s: the route and the error of every request, and no other spans', async (form) => {
    const { expected } = library;
    const requests = Object.keys(expected);
    const { spans, end } = await runFile(entry(library, form), {
      env: { REQUESTS: JSON.stringify(requests), FORMER: folders['routers-former'], NODE_ENV: 'test' },
      ...(library.node !== undefined && { node: await nodeBinary(library.node) }),
    });
    expect(end.diagnostics).toEqual([]);
    expect(end.code, end.stderr).toBe(0);
    expect(spans.filter(({ kind }) => kind === 'internal')).toEqual([]);
    const servers = spans.filter(({ kind }) => kind === 'server').toSorted((a, b) => Number(a.start - b.start));
    expect(asTable(requests, servers.map(seenOf))).toEqual(asTable(requests, Object.values(expected)));
    expect(servers.map(({ name }) => name)).toEqual(
      Object.entries(expected).map(([request, [, route]]) => nameOf(request.split(' ', 1)[0], route)),
    );
    expect(JSON.parse(end.stdout)).toEqual(Object.values(expected).map(([status]) => status));
  });
});

const asTable = (requests: readonly string[], values: readonly unknown[]): Record<string, unknown> =>
  Object.fromEntries(requests.map((request, index) => [request, values[index]]));

const nameOf = (...parts: readonly (string | undefined)[]): string => parts.filter(Boolean).join(' ');

/** All errors, for there must be one at most. */
function seenOf({ attributes, events }: Span): unknown[] {
  const errors = events
    .filter(({ name }) => name === 'exception')
    .map((event) => event.attributes['exception.message']);
  const route = attributes['http.route'];
  return [
    attributes['http.response.status_code'],
    ...(route === undefined && errors.length === 0 ? [] : [route]),
    ...errors,
  ];
}
