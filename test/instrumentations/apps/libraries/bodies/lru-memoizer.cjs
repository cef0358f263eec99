'use strict';
const { createServer } = require('node:http');
const requests = require('./requests.cjs');

module.exports = (memoizer) => {
  const load = memoizer({
    load: (key, callback) => setTimeout(() => callback(null, key), 10),
    hash: (key) => key,
    max: 10,
  });
  const server = createServer((request, response) => {
    load('same', () => {
      // Made in the context of this request, although the value was loaded for another.
      console.info(`for ${request.url}`);
      response.end();
    });
  });
  return requests(server, '/first', '/second');
};
