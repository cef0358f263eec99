const { MongoClient } = require('mongodb');
const scrape = require('./scrape.cjs');

(async () => {
  const at = 'mongodb://user:s3cr3t@127.0.0.1:1/shop?maxPoolSize=7&serverSelectionTimeoutMS=500';
  const client = new MongoClient(at);
  const failed = client.connect().catch((error) => console.log(error.name));
  await scrape();
  await failed;
  await client.close();
})();
