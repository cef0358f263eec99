'use strict';
/** What express 4 and 5 and both releases of `router` have in common. `root` is an application or a router. */
const end = (request, response) => response.end();
const pass = (request, response, next) => next();
const failing = (message) => (request, response, next) => setImmediate(() => next(new Error(message)));
const answering = (status) => (error, request, response, _next) => {
  response.statusCode = status;
  response.end();
};

module.exports = (root, Router) => {
  root.use(pass);
  root.use((request, response, next) => {
    if (request.url === '/old') request.url = '/users/7';
    next();
  });
  root.use('/middleware', end);
  root.get('/', end);
  root.get('/users/:id', end);
  root.post('/posts/:id', end);
  root.get(/^\/files\/(\d+)$/, end);
  root.get(['/here', '/there'], end);
  root.get('/async/:id', async (request, response) => {
    await new Promise(setImmediate);
    response.end();
  });

  // Names of parameters in what is mounted, beside middleware that is mounted at the same place.
  const users = Router();
  users.get('/', end);
  users.get('/users/:id', end);
  const versions = Router();
  versions.use('/sibling/:name', pass);
  versions.use('/:version', pass, users);
  root.use('/t/:tenant', pass);
  root.use('/t', pass);
  root.use('/t/:tenant', versions);
  root.use('/late', (request, response, next) => setImmediate(() => users(request, response, next)));
  const empty = Router();
  empty.use('/:anything', pass);
  root.use('/left/:name', empty);
  root.get('/left/:name/users', end);
  root.use([/^\/one/, '/two'], users);

  root.get('/throwing/:id', () => {
    throw new Error('thrown');
  });
  root.get('/passing/:id', failing('passed'));
  root.get('/answered/:id', failing('answered'));
  root.use('/answered', answering(503));
  root.get('/first/:id', failing('first'));
  root.use('/first', (error, request, response, next) => next(new Error('second')));
  root.get('/own/:id', failing('of the route'), answering(503));
  const inner = Router();
  inner.use(failing('inner'));
  root.use('/wrapped', (request, response, next) => inner(request, response, () => next(new Error('outer'))));
  root.get('/refused/:id', (request, response, next) => next(Object.assign(new Error('refused'), { status: 403 })));
  root.get('/later/:id', pass);
  root.use('/later', end);

  const fail = (request, response) => answering(500)(undefined, request, response);
  root.get('/skipping/:id', (request, response, next) => next('route'), end);
  const leaving = Router();
  leaving.use((request, response, next) => next('router'), end);
  root.use('/skipping', leaving, fail);
};
