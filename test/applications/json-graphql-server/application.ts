import { commonRequests, type Application, type Ask } from '../application.ts';

const post = (body: string, headers: Ask['headers'] = {}): Ask => ({
  method: 'POST',
  path: '/',
  headers: { 'content-type': 'application/json', ...headers },
  body,
});
const query = (text: string, variables: object = {}): Ask => post(JSON.stringify({ query: text, variables }));
const get = (text: string): Ask => ({ path: `/?query=${encodeURIComponent(text)}` });

export const jsonGraphqlServer: Application = {
  name: 'json-graphql-server',
  start: () => ['json-graphql-server/bin/json-graphql-server.cjs', 'data.json'],
  env: (port) => ({ NODE_PORT: String(port), NODE_HOST: '127.0.0.1' }),
  ready: /GraphQL server running/,
  requests: [
    ...commonRequests('/'),
    query('{ allPosts { id title views } }'),
    query('{ allPosts { title User { name } } }'),
    query('{ allUsers { name Posts { title } } }'),
    query('query ($id: ID!) { Post(id: $id) { title } }', { id: 1 }),
    query('query ($id: ID!) { Post(id: $id) { title } }', { id: 99 }),
    query('{ allPosts(filter: { views_gte: 200 }) { title } }'),
    query('{ allPosts(page: 0, perPage: 1, sortField: "views", sortOrder: "desc") { title } }'),
    query('{ _allPostsMeta { count } }'),
    query('mutation { createPost(title: "Noon", views: 1, user_id: 1) { title } }'),
    query('mutation { updatePost(id: 1, title: "Firster light", views: 1, user_id: 1) { id title } }'),
    query('mutation { removePost(id: 2) { id } }'),
    query('{ allPosts { none } }'),
    query('{ allPosts { '),
    query('{ __schema { types { name } } }'),
    query('{ __typename }'),
    post('{'),
    post('{}'),
    get('{ allPosts { id } }'),
    get('{ none }'),
    { path: '/', headers: { accept: 'text/html' } },
    { path: '/any/where' },
    { method: 'OPTIONS', path: '/', headers: { origin: 'http://elsewhere.example' } },
    { method: 'DELETE', path: '/' },
  ],
};
