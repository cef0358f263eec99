'use strict';
const end = (request, response) => response.end();
const pass = (request, response, next) => next();

module.exports = async (load) => {
  const connect = await load('connect');
  const root = connect();
  root.use(pass);
  root.use('/api', pass);
  const api = connect();
  api.use('/users', end);
  api.use('/passing', pass);
  root.use('/api/', api);
  root.use('/api/rest', end);
  const open = connect();
  open.use(end);
  root.use('/open', open);
  root.use('/throwing', () => {
    throw new Error('thrown');
  });
  root.use('/next', (request, response, next) => setImmediate(() => next(new Error('passed'))));
  root.use('/answered', (request, response, next) => next(new Error('answered')));
  root.use('/answered', (error, request, response, _next) => {
    response.statusCode = 503;
    response.end();
  });
  root.use((request, response, next) => (request.url === '/middleware' ? response.end() : next()));
  return root;
};
