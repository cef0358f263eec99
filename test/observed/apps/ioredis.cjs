const Redis = require('ioredis');
const scrape = require('./scrape.cjs');

const key = `firstlight-${process.pid}`;

void (async () => {
  const client = new Redis('redis://127.0.0.1:6379/2');
  const other = client.duplicate({ enableAutoPipelining: true });
  await client.set(`${key}:a`, '1', 'EX', 60);
  await client.hset(`${key}:h`, 'f', 'v');
  await client.get(`${key}:a`); // hit
  await client.getBuffer(`${key}:a`); // hit
  await client.call('GET', `${key}:a`); // hit
  await client.get(`${key}:none`); // miss
  await client.hget(`${key}:h`, 'none'); // miss
  await client.mget(`${key}:a`, `${key}:none`, `${key}:none2`); // hit, 2 misses
  await client.hmget(`${key}:h`, 'f', 'none'); // hit, miss
  await client.multi().set(`${key}:b`, '1').get(`${key}:b`).get(`${key}:none`).exec(); // hit, miss
  await client.pipeline().get(`${key}:b`).get(`${key}:none`).exec(); // hit, miss
  await Promise.all([other.get(`${key}:a`), other.get(`${key}:none`)]); // hit, miss
  await client.get(`${key}:h`).catch((error) => console.log(error.message.slice(0, 9))); // neither
  await client.getdel(`${key}:b`); // hit
  await client.incr(`${key}:n`);
  await scrape();
  await client.del(`${key}:a`, `${key}:h`, `${key}:n`);
  await client.quit();
  other.disconnect();
})();
