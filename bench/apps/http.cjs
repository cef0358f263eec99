'use strict';
const { createServer } = require('node:http');
const stay = require('./stay.cjs');

stay(
  createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ id: request.url }));
  }),
);
