'use strict';
const { once } = require('node:events');
const { operate, resolvers, typeDefs } = require('./schema.cjs');

module.exports = async ({ ApolloServer, startStandaloneServer, expressMiddleware, express }) => {
  const alone = new ApolloServer({ typeDefs, resolvers });
  const { url } = await startStandaloneServer(alone, { listen: { port: 0, host: '127.0.0.1' } });
  await operate(url);
  await alone.stop();

  const mounted = new ApolloServer({ typeDefs, resolvers });
  await mounted.start();
  const app = express();
  app.use('/graphql', express.json(), expressMiddleware(mounted));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await operate(`http://127.0.0.1:${server.address().port}/graphql`);
  await mounted.stop();
  server.close();
  server.closeAllConnections();
};
