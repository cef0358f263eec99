'use strict';

module.exports = async (load) => {
  const restify = await load('restify');
  const server = restify.createServer({ handleUncaughtExceptions: true });
  const end = (request, response, next) => {
    response.send(200);
    next();
  };
  server.pre((request, response, next) => {
    if (request.url !== '/middleware') return next();
    response.send(200);
    next(false);
  });
  server.use((request, response, next) => next());
  server.use(async (request) => {
    if (request.url === '/denied/7') throw new Error('denied');
  });
  server.get('/users/:id', end);
  server.head('/users/:id', end);
  server.get('/denied/:id', end);
  server.get('/async/:id', async (request, response) => {
    await new Promise(setImmediate);
    response.send(200);
  });
  server.get('/throwing/:id', (_request, _response, _next) => {
    throw new Error('thrown');
  });
  server.get('/passing/:id', (request, response, next) => setImmediate(() => next(new Error('passed'))));
  server.get('/rejecting/:id', async (_request, _response) => {
    throw new Error('rejected');
  });
  server.get(
    '/answered/:id',
    (request, response, next) => next(new Error('answered')),
    (error, request, response, next) => {
      response.send(503);
      next(false);
    },
  );
  return server.server;
};
