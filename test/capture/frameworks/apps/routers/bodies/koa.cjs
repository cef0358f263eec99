'use strict';

module.exports = async (load) => {
  const Koa = await load('koa');
  const Router = await load('@koa/router');
  const mount = await load('koa-mount');
  const end = (context) => {
    context.body = '';
  };

  const users = new Router();
  users.get('/users/:id', end);
  const router = new Router();
  router.use((context, next) => {
    if (context.query.denied === undefined) return next();
    context.status = 401;
  });
  router.use('/t/:tenant', users.routes());
  router.get('/', end);
  router.get('/users/me', end);
  router.get('/users/:id', end);
  router.get(/^\/files\/(\d+)$/, end);
  router.post('/posts/:id', end);
  router.get('/async/:id', async (context) => {
    await new Promise(setImmediate);
    context.body = '';
  });
  router.get('/throwing/:id', () => {
    throw new Error('thrown');
  });
  router.get('/rejecting/:id', async () => {
    await new Promise(setImmediate);
    throw new Error('rejected');
  });
  router.get('/answered/:id', () => {
    throw new Error('answered');
  });
  router.get('/mounted/else/:id', end);

  const inner = new Koa();
  inner.use(users.routes());
  const outer = new Koa();
  outer.use(mount('/inner', inner)).use(users.routes());

  const application = new Koa();
  application.silent = true;
  application.use(async (context, next) => {
    try {
      await next();
    } catch (error) {
      if (!context.path.startsWith('/answered')) throw error;
      context.status = 503;
      context.app.emit('error', error, context);
    }
  });
  application.use((context, next) => {
    if (context.path === '/middleware') context.body = '';
    else return next();
  });
  application.use(mount('/mounted', outer)).use(router.routes()).use(router.allowedMethods());
  application.on('error', () => {});
  return application.callback();
};
