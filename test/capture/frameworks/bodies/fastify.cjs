'use strict';
const requests = require('./requests.cjs');

module.exports = async ({ fastify }) => {
  const app = fastify();
  app.register(
    async (api) => {
      api.get('/users/:id', async (request) => `user ${request.params.id}`);
      api.get('/broken', async () => {
        throw new Error('the handler is broken');
      });
    },
    { prefix: '/api' },
  );
  app.register(async (closed) => {
    closed.addHook('onRequest', async (request, reply) => reply.code(401).send('who are you?'));
    closed.get('/secrets/:id', async () => 'never sent');
  });
  app.register(async (failing) => {
    failing.addHook('preHandler', (request, reply, done) => done(new Error('the hook is broken')));
    failing.get('/hooked/:id', async () => 'never sent');
  });
  app.register(async (handled) => {
    handled.setErrorHandler(async (error, request, reply) => reply.code(503).send({ sorry: true }));
    handled.get('/handled/:id', (request, reply) => reply.send(new Error('somebody handles this')));
  });
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  await requests(
    origin,
    'GET /api/users/7',
    'HEAD /api/users/7',
    'GET /secrets/7',
    'GET /api/broken',
    'GET /hooked/7',
    'GET /handled/7',
    'GET /nowhere',
  );
  await app.close();
};
