const { MongoClient } = require('mongodb');
const scrape = require('./scrape.cjs');

void (async () => {
  const at = 'mongodb://user:s3cr3t@127.0.0.1:1/shop?maxPoolSize=7&serverSelectionTimeoutMS=20000';
  const client = new MongoClient(at);
  client.connect().catch((error) => error);
  await scrape();
  await client.close();
})();
