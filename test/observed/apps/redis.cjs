const { createClient, createClientPool } = require('redis');
const scrape = require('./scrape.cjs');

const key = `firstlight-${process.pid}`;

void (async () => {
  const client = createClient({ url: 'redis://127.0.0.1:6379/2' });
  await client.connect();
  await client.set(`${key}:a`, 'QUEUED?', { EX: 60 });
  await client.hSet(`${key}:h`, 'f', 'v');
  await client.get(`${key}:a`); // hit
  await client.get(`${key}:none`); // miss
  await client.sendCommand(['get', `${key}:a`]); // hit
  await client.hGet(`${key}:h`, 'f'); // hit
  await client.hGet(`${key}:h`, 'none'); // miss
  await client.mGet([`${key}:a`, `${key}:none`, `${key}:none2`]); // hit, 2 misses
  await client.hmGet(`${key}:h`, ['f', 'none']); // hit, miss
  await client.multi().set(`${key}:b`, '1').get(`${key}:b`).get(`${key}:none`).exec(); // hit, miss
  await client.multi().get(`${key}:b`).get(`${key}:none`).execAsPipeline(); // hit, miss
  await client.get(`${key}:h`).catch((error) => console.log(error.message.slice(0, 9))); // neither
  await client.getDel(`${key}:b`); // hit
  await client.incr(`${key}:n`);
  if (createClientPool !== undefined) {
    const pool = createClientPool({ url: 'redis://127.0.0.1:6379/3' }, { minimum: 2, maximum: 7 });
    await pool.connect();
    await pool.get(`${key}:none`); // miss
    await pool.execute(() => scrape());
    await pool.close();
  } else await scrape();
  await client.del([`${key}:a`, `${key}:h`, `${key}:n`]);
  await (client.close ?? client.quit).call(client);
})();
