'use strict';
// A route that asks another service and writes one line to the log.
const { fastify, LogController } = require('fastify');
const pino = require('pino');
const stay = require('./stay.cjs');

const loggerInstance = pino(pino.destination('/dev/null'));
const app = fastify({ loggerInstance, logController: new LogController({ disableRequestLogging: true }) });
app.get('/users/:id', async (request) => {
  const user = await (await fetch(`${process.env.UPSTREAM}/users/${request.params.id}`)).json();
  request.log.info({ user: user.id }, 'user fetched');
  return user;
});
app.ready().then(() => stay(app.server));
