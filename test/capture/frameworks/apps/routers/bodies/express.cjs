'use strict';
const layers = require('./layers.cjs');

module.exports = async (load) => {
  const express = await load('express');
  const application = express();
  layers(application, express.Router);
  const mounted = express();
  mounted.get('/users/:id', (request, response) => response.end());
  mounted.get('/throwing', () => {
    throw new Error('mounted');
  });
  application.use('/mounted/:name', mounted);
  application.get('/rejecting/:id', async () => {
    throw new Error('rejected');
  });
  return application;
};
