'use strict';
const requests = require('./requests.cjs');

module.exports = async (hapi) => {
  const server = hapi.server({ port: 0, host: '127.0.0.1' });
  server.route({ method: 'GET', path: '/users/{id}', handler: (request) => `user ${request.params.id}` });
  await server.start();
  await requests(server.listener, '/users/7');
};
