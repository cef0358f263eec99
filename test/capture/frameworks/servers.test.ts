/** Fastify, Nest and Hono: one span a request, named by its route, with the error that made it fail. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { FORMS, type Seen } from '../../instrumentations/library.ts';
import { INSTALL_TIMEOUT, installedApp } from '../../support/install.ts';
import { answers, inner, runBody, type Imports } from './answers.ts';

const apps = { newest: 'frameworks', former: 'frameworks-former' } as const;
const folders: Partial<Record<keyof typeof apps, string>> = {};
beforeAll(async () => {
  for (const app of ['newest', 'former'] as const)
    folders[app] = await installedApp(join(import.meta.dirname, 'apps', apps[app]));
}, 2 * INSTALL_TIMEOUT);

interface Case {
  readonly title: string;
  readonly app: keyof typeof apps;
  readonly body: string;
  readonly imports: Imports;
  readonly answers: readonly string[];
}

const fastify = {
  body: 'fastify',
  imports: { fastify: ['fastify', 'fastify'] },
  answers: [
    'GET /api/users/:id 200',
    'HEAD /api/users/:id 200',
    'GET /secrets/:id 401',
    'GET /api/broken 500 the handler is broken',
    'GET /hooked/:id 500 the hook is broken',
    'GET /handled/:id 503 somebody handles this',
    'GET 404',
  ],
} as const;

const nest = (adapter: string) =>
  ({
    body: 'nest',
    imports: {
      common: ['@nestjs/common', '*'],
      core: ['@nestjs/core', '*'],
      Adapter: [`@nestjs/platform-${adapter.toLowerCase()}`, `${adapter}Adapter`],
    },
    answers: [
      'GET /api/users/:id 200',
      'GET /api/broken/:id 500 the handler is broken',
      'GET /api/handled/:id 503 somebody handles this',
      'GET /api/missing/:id 404',
      'GET 404',
    ],
  }) as const;

const CASES: readonly Case[] = [
  { title: 'fastify 5', app: 'newest', ...fastify },
  { title: 'fastify 4', app: 'former', ...fastify },
  { title: 'nest 12 on express', app: 'newest', ...nest('Express') },
  { title: 'nest 12 on fastify', app: 'newest', ...nest('Fastify') },
  { title: 'nest 11 on express', app: 'former', ...nest('Express') },
  { title: 'nest 11 on fastify', app: 'former', ...nest('Fastify') },
  {
    title: 'hono',
    app: 'newest',
    body: 'hono',
    imports: {
      Hono: ['hono', 'Hono'],
      LinearRouter: ['hono/router/linear-router', 'LinearRouter'],
      serve: ['@hono/node-server', 'serve'],
    },
    answers: [
      'GET /api/users/:id 200',
      'HEAD /api/users/:id 200',
      'GET /api/broken 500 the handler is broken',
      'GET /handled/:id 503 somebody handles this',
      'DELETE /all/:id 200',
      'GET /v1/orders/:id 200',
      'GET 401',
      'GET /files/* 200',
      'GET 404',
      'GET /alone/:id 500 alone',
      'POST /alone/:id 201',
      'GET 404',
      'GET /whole/users/:id 200',
      'GET /whole/broken 502 the handler is broken',
      'GET 404',
    ],
  },
];

function expectNoWord({ end }: Seen): void {
  expect(end.diagnostics).toEqual([]);
  expect(end.code).toBe(0);
}

describe.each(CASES)('$title', ({ app, body, imports, answers: expected }) => {
  test.each(FORMS)('by %s', async (form) => {
    const seen = await runBody(folders[app] ?? '', body, imports, form);
    expectNoWord(seen);
    expect(answers(seen.spans)).toEqual(expected);
    expect(inner(seen.spans)).toEqual([]);
  });
});
