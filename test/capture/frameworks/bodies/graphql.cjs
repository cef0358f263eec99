'use strict';
const { createServer } = require('node:http');
const { once } = require('node:events');
const { json } = require('node:stream/consumers');
const { operate, resolvers, typeDefs } = require('./schema.cjs');

module.exports = async ({ graphql: { buildSchema, graphql } }) => {
  const schema = buildSchema(typeDefs);
  for (const [type, fields] of Object.entries(resolvers))
    for (const [field, resolve] of Object.entries(fields)) schema.getType(type).getFields()[field].resolve = resolve;

  const server = createServer(async (request, response) => {
    const { query: source } = await json(request);
    response.end(JSON.stringify(await graphql({ schema, source })));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  await operate(`http://127.0.0.1:${server.address().port}`);
  server.close();
  server.closeAllConnections();
};
