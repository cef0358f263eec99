'use strict';
const { createServer } = require('node:http');
const Router = require('@koa/router');
const requests = require('./requests.cjs');

module.exports = (Koa) => {
  const router = new Router({ prefix: '/api' });
  router.get('/users/:id', (context) => {
    context.body = `user ${context.params.id}`;
  });
  const app = new Koa();
  app.use((context, next) => next()).use(router.routes());
  return requests(createServer(app.callback()), '/api/users/7');
};
