import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import requests from './bodies/requests.cjs';

const app = new Hono();
app.get('/users/:id', (context) => context.text(`user ${context.req.param('id')}`));
const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => requests(server, '/users/7'));
