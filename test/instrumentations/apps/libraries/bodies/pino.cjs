'use strict';
const { createServer } = require('node:http');
const requests = require('./requests.cjs');

module.exports = (pino) => {
  const logger = pino();
  return requests(
    createServer((request, response) => {
      logger.warn({ answer: 42 }, 'from the logger');
      response.end();
    }),
    '/',
  );
};
