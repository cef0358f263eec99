'use strict';
// There is no server: what is counted is that it was asked in vain.
module.exports = async ({ Client }) => {
  const client = new Client({ contactPoints: ['127.0.0.1:1'], localDataCenter: 'here', keyspace: 'test' });
  await client.execute('SELECT 1').catch(({ name }) => console.log(name));
  await client.shutdown();
};
