/** Apollo Server and GraphQL Yoga: the span of a request tells the operation, and what a resolver threw. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { FORMS } from '../../instrumentations/library.ts';
import { INSTALL_TIMEOUT, installedApp } from '../../support/install.ts';
import { operations, runBody } from './answers.ts';

const folders: Record<string, string> = {};
beforeAll(async () => {
  for (const app of ['apollo', 'yoga']) folders[app] = await installedApp(join(import.meta.dirname, 'apps', app));
}, 2 * INSTALL_TIMEOUT);

/** The answers to the operations of bodies/schema.cjs. */
const operated = (server: string, wrong: number): string[] => [
  `query GetUser ${server} 200`,
  `query ${server} 200`,
  `query Both ${server} 200 the resolver is broken`,
  `mutation Rename ${server} 200`,
  `${server} ${wrong}`,
];

describe('apollo server 5, alone and in express 5', () => {
  test.each(FORMS)('by %s', async (form) => {
    const seen = await runBody(
      folders['apollo'] ?? '',
      'apollo',
      {
        ApolloServer: ['@apollo/server', 'ApolloServer'],
        startStandaloneServer: ['@apollo/server/standalone', 'startStandaloneServer'],
        expressMiddleware: ['@as-integrations/express5', 'expressMiddleware'],
        express: ['express', 'default'],
      },
      form,
    );
    expect(seen.end.diagnostics).toEqual([]);
    expect(seen.end.code).toBe(0);
    expect(operations(seen.spans)).toEqual([...operated('POST /', 400), ...operated('POST /graphql', 400)]);
  });
});

describe('yoga 5 with graphql 17, alone, in express 5 and in fastify 5', () => {
  test.each(FORMS)('by %s', async (form) => {
    const seen = await runBody(
      folders['yoga'] ?? '',
      'yoga',
      {
        createYoga: ['graphql-yoga', 'createYoga'],
        createSchema: ['graphql-yoga', 'createSchema'],
        express: ['express', 'default'],
        fastify: ['fastify', 'fastify'],
      },
      form,
    );
    expect(seen.end.diagnostics).toEqual([]);
    expect(seen.end.code).toBe(0);
    expect(operations(seen.spans)).toEqual([
      ...operated('POST /own', 200),
      'GET 404',
      ...operated('POST /in-express', 200),
      ...operated('POST /in-fastify', 200),
    ]);
  });
});

describe('graphql 17 by itself', () => {
  test.each(FORMS)('by %s', async (form) => {
    const seen = await runBody(folders['yoga'] ?? '', 'graphql', { graphql: ['graphql', '*'] }, form);
    expect(seen.end.diagnostics).toEqual([]);
    expect(seen.end.code).toBe(0);
    expect(operations(seen.spans)).toEqual(operated('POST', 200));
  });
});
