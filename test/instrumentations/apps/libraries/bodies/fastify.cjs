'use strict';
const requests = require('./requests.cjs');

module.exports = async (fastify) => {
  const app = fastify();
  app.get('/users/:id', async (request) => `user ${request.params.id}`);
  await app.register(async (closed) => {
    closed.addHook('onRequest', async (request, reply) => reply.code(401).send('who are you?'));
    closed.get('/secrets/:id', async () => 'never sent');
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  await requests(app.server, '/users/7', '/secrets/7', '/nowhere');
  await app.close();
};
