'use strict';

module.exports = async (load) => {
  const hapi = await load('@hapi/hapi');
  const server = hapi.server({ autoListen: false, debug: false });
  const end = () => 'answer';
  server.ext('onRequest', (request, h) => {
    if (request.path === '/middleware') return h.response('answer').takeover();
    if (request.path === '/old') request.setUrl('/users/7');
    return h.continue;
  });
  server.ext('onPreResponse', (request, h) =>
    request.path.startsWith('/answered') ? h.response('answer').code(503) : h.continue,
  );
  server.auth.scheme('none', () => ({
    authenticate: () => {
      throw new Error('denied');
    },
  }));
  server.auth.strategy('none', 'none');
  const get = (path, handler, options = {}) => server.route({ method: 'GET', path, handler, options });
  get('/users/{id}', end);
  get('/files/{path*2}', end);
  get('/denied/{id}', end, { auth: 'none' });
  get('/throwing/{id}', () => {
    throw new Error('thrown');
  });
  get('/rejecting/{id}', async () => {
    await new Promise(setImmediate);
    throw new TypeError('rejected');
  });
  get('/returning/{id}', () => new Error('returned'));
  get('/answered/{id}', () => {
    throw new Error('answered');
  });
  server.route({ method: 'POST', path: '/posts/{id}', handler: end });
  await server.register(
    { name: 'tenants', register: (plugin) => plugin.route({ method: 'GET', path: '/users/{id}', handler: end }) },
    { routes: { prefix: '/t/{tenant}' } },
  );
  await server.initialize();
  return server.listener;
};
