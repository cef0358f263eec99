'use strict';
const requests = require('./requests.cjs');

module.exports = async ({ common, core, Adapter }) => {
  const { Catch, Controller, Get, HttpException, Module, Param, UseFilters } = common;

  class Filter {
    catch(exception, host) {
      const reply = host.switchToHttp().getResponse();
      reply.status(503).send({ sorry: true });
    }
  }
  Catch()(Filter);

  class Users {
    get(id) {
      return `user ${id}`;
    }
    async broken() {
      throw new Error('the handler is broken');
    }
    handled() {
      throw new Error('somebody handles this');
    }
    missing() {
      throw new HttpException('no such user', 404);
    }
  }
  const decorate = (name, ...decorators) => {
    for (const decorator of decorators)
      decorator(Users.prototype, name, Object.getOwnPropertyDescriptor(Users.prototype, name));
  };
  Param('id')(Users.prototype, 'get', 0);
  decorate('get', Get('users/:id'));
  decorate('broken', Get('broken/:id'));
  decorate('handled', Get('handled/:id'), UseFilters(Filter));
  decorate('missing', Get('missing/:id'));
  Controller('api')(Users);
  class Application {}
  Module({ controllers: [Users] })(Application);

  const app = await core.NestFactory.create(Application, new Adapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  await requests(
    `http://127.0.0.1:${app.getHttpServer().address().port}`,
    'GET /api/users/7',
    'GET /api/broken/7',
    'GET /api/handled/7',
    'GET /api/missing/7',
    'GET /nowhere',
  );
  app.getHttpServer().closeAllConnections();
  await app.close();
};
