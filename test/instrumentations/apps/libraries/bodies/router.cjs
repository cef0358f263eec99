'use strict';
const { createServer } = require('node:http');
const requests = require('./requests.cjs');

module.exports = (Router) => {
  const users = Router();
  users.get('/users/:id', (request, response) => response.end(`user ${request.params.id}`));
  const router = Router();
  router.use(function log(request, response, next) {
    next();
  });
  router.use('/api', users);
  return requests(
    createServer((request, response) => router(request, response, () => response.end())),
    '/api/users/7',
  );
};
