'use strict';
const { createServer } = require('node:http');
const { once } = require('node:events');
const { operate, resolvers, typeDefs } = require('./schema.cjs');

module.exports = async ({ createYoga, createSchema, express, fastify }) => {
  const schema = createSchema({ typeDefs, resolvers });
  const yoga = (graphqlEndpoint) => createYoga({ schema, graphqlEndpoint, logging: false });

  const alone = createServer(yoga('/own'));
  await once(alone.listen(0, '127.0.0.1'), 'listening');
  await operate(`http://127.0.0.1:${alone.address().port}/own`);
  await fetch(`http://127.0.0.1:${alone.address().port}/nowhere`);
  end(alone);

  const app = express();
  app.use('/in-express', yoga('/in-express'));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await operate(`http://127.0.0.1:${server.address().port}/in-express`);
  end(server);

  const inFastify = yoga('/in-fastify');
  const other = fastify();
  other.addContentTypeParser('application/json', {}, (request, payload, done) => done(null));
  other.route({
    url: '/in-fastify',
    method: ['GET', 'POST', 'OPTIONS'],
    handler: (request, reply) => inFastify.handleNodeRequestAndResponse(request, reply),
  });
  await operate(`${await other.listen({ port: 0, host: '127.0.0.1' })}/in-fastify`);
  await other.close();
};

function end(server) {
  server.close();
  server.closeAllConnections();
}
