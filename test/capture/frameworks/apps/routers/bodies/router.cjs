'use strict';
const layers = require('./layers.cjs');

module.exports = async (load) => {
  const Router = await load('router');
  const root = Router();
  layers(root, Router);
  return (request, response) =>
    root(request, response, (error) => {
      response.statusCode = error ? (error.status ?? 500) : 404;
      response.end();
    });
};
