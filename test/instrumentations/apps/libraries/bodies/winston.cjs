'use strict';
const { createServer } = require('node:http');
const requests = require('./requests.cjs');

module.exports = (winston) => {
  const logger = winston.createLogger({ transports: [new winston.transports.Console()] });
  return requests(
    createServer((request, response) => {
      logger.warn('from the logger', { answer: 42 });
      response.end();
    }),
    '/',
  );
};
