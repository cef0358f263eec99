'use strict';
const { createRequire } = require('node:module');

/** Express 4 in express 5 in connect, and a router of its own beside them. */
module.exports = async (load) => {
  const former = createRequire(`${process.env.FORMER}/`);
  const [connect, express, Router] = [await load('connect'), await load('express'), await load('router')];
  const oldest = former('express')();
  oldest.get('/users/:id', (request, response) => response.end());
  oldest.get('/throwing', () => {
    throw new Error('oldest');
  });
  const newer = express();
  newer.use('/t/:tenant', oldest);
  newer.get('/users/:id', (request, response) => response.end());
  const root = connect();
  root.use('/newer', newer);
  const router = former('router')();
  router.get('/users/:id', (request, response) => response.end());
  root.use('/router', router);
  const latest = Router();
  latest.get('/users/:id', (request, response) => response.end());
  root.use('/latest', latest);
  return root;
};
