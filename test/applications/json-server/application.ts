import { commonRequests, type Application } from '../application.ts';

const json = { 'content-type': 'application/json' };

export const jsonServer: Application = {
  name: 'json-server',
  start: (port) => ['json-server/lib/cli/bin.js', '--port', String(port), '--host', '127.0.0.1', 'db.json'],
  ready: /Home\n/,
  requests: [
    ...commonRequests('/posts', '/posts'),
    { path: '/posts/1', route: '/posts/:id' },
    { path: '/posts/1', route: '/posts/:id', headers: { 'if-none-match': '*' } },
    { path: '/posts/99', route: '/posts/:id' },
    { path: '/posts?author=ada&_sort=views&_order=desc', route: '/posts' },
    { path: '/posts?_page=1&_limit=2', route: '/posts' },
    { path: '/posts?q=light', route: '/posts' },
    { path: '/posts?_embed=comments', route: '/posts' },
    { path: '/comments?_expand=post', route: '/comments' },
    // It rewrites the URL to that of all comments.
    { path: '/posts/1/comments', route: '/comments' },
    { path: '/profile', route: '/profile' },
    { path: '/db', route: '/db' },
    { path: '/' },
    { path: '/index.html', headers: { range: 'bytes=0-14' } },
    { path: '/style.css' },
    { path: '/none' },
    { path: '/no/such/path', route: '/:resource/:id/:nested' },
    { method: 'POST', path: '/posts', route: '/posts', headers: json, body: '{"title":"Noon"}' },
    { method: 'POST', path: '/posts', headers: json, body: '{"title":' },
    { method: 'PUT', path: '/posts/2', route: '/posts/:id', headers: json, body: '{"title":"Night"}' },
    { method: 'PATCH', path: '/posts/2', route: '/posts/:id', headers: json, body: '{"views":251}' },
    { method: 'PATCH', path: '/posts/99', route: '/posts/:id', headers: json, body: '{"views":251}' },
    { method: 'DELETE', path: '/posts/3', route: '/posts/:id' },
    { method: 'OPTIONS', path: '/posts', headers: { origin: 'http://elsewhere.example' } },
    { path: '/%E0%A4%A' },
  ],
};
