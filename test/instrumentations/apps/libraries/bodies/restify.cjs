'use strict';
const requests = require('./requests.cjs');

module.exports = (restify) => {
  const app = restify.createServer();
  app.use((request, response, next) => next());
  app.get('/users/:id', (request, response, next) => {
    response.send(`user ${request.params.id}`);
    next();
  });
  return requests(app.server, '/users/7');
};
