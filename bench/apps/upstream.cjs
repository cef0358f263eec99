'use strict';
// The service that fastify.cjs asks.
const { createServer } = require('node:http');
const stay = require('./stay.cjs');

const body = JSON.stringify({ id: '42', name: 'Ada', roles: ['reader', 'writer'] });
stay(
  createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(body);
  }),
);
