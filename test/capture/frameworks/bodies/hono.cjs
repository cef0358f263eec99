'use strict';
const requests = require('./requests.cjs');

module.exports = async ({ Hono, LinearRouter, serve }) => {
  const users = new Hono();
  users.get('/users/:id', (context) => context.text(`user ${context.req.param('id')}`));
  users.get('/broken', async () => {
    throw new Error('the handler is broken');
  });

  const handled = new Hono();
  handled.onError((error, context) => context.text('sorry', 503));
  handled.get('/:id', () => {
    throw new Error('somebody handles this');
  });

  const app = new Hono();
  app.use('*', async (context, next) => {
    await next();
    context.header('x-seen', 'yes');
  });
  app.use('/closed/*', async (context, next) =>
    context.req.header('who') ? next() : context.text('who are you?', 401),
  );
  app.use('/files/*', async (context) => context.text('a file'));
  app.route('/api', users);
  app.route('/handled', handled);
  app.all('/all/:id', (context) => context.text('all'));
  const versioned = app.basePath('/v1');
  versioned.get('/orders/:id', (context) => context.text('order'));

  // A plain one, without middleware: what has one handler is not composed.
  const alone = new Hono().basePath('/alone');
  alone.onError((error, context) => context.text('sorry', 500));
  alone.get('/:id', () => {
    throw new Error('alone');
  });
  alone.post('/:id', (context) => context.text('made', 201));

  // One that handles the errors of what is mounted in it, with a router of its choice.
  const whole = new Hono({ router: new LinearRouter() });
  whole.onError((error, context) => context.text(`handled here: ${error.message}`, 502));
  whole.route('/whole', users);
  const listed = whole.routes.map(({ handler }) => handler);
  if (!users.routes.every(({ handler }) => listed.includes(handler))) throw new Error('other handlers are listed');

  await ask(
    serve,
    app,
    'GET /api/users/7',
    'HEAD /api/users/7',
    'GET /api/broken',
    'GET /handled/7',
    'DELETE /all/7',
    'GET /v1/orders/7',
    'GET /closed/7',
    'GET /files/7',
    'GET /nowhere',
  );
  await ask(serve, alone, 'GET /alone/7', 'POST /alone/7', 'GET /nowhere');
  await ask(serve, whole, 'GET /whole/users/7', 'GET /whole/broken', 'GET /nowhere');
};

const ask = (serve, app, ...asks) =>
  new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, async ({ port }) => {
      await requests(`http://127.0.0.1:${port}`, ...asks);
      server.close(resolve);
      server.closeAllConnections();
    });
  });
