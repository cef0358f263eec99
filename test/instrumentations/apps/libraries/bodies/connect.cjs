'use strict';
const { createServer } = require('node:http');
const requests = require('./requests.cjs');

module.exports = (connect) => {
  const app = connect();
  app.use(function log(request, response, next) {
    next();
  });
  app.use('/users', (request, response) => response.end('users'));
  return requests(createServer(app), '/users/7');
};
