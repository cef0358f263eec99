/** memcached before a server that knows `a` and `b`, and lru-memoizer. */
const { createServer } = require('node:net');
const { promisify } = require('node:util');
const Memcached = require('memcached');
const memoizer = require('lru-memoizer');
const scrape = require('./scrape.cjs');

const server = createServer((socket) => {
  socket.setEncoding('utf8').on('data', (text) => {
    for (const line of text.split('\r\n').filter(Boolean)) {
      const [command, ...keys] = line.trim().split(' ');
      const found = keys.filter((key) => key === 'a' || key === 'b');
      socket.write(
        `${found.map((key) => `VALUE ${key} 0 1${command === 'gets' ? ' 7' : ''}\r\n${key}\r\n`).join('')}END\r\n`,
      );
    }
  });
});

server.listen(0, '127.0.0.1', async () => {
  const client = new Memcached(`127.0.0.1:${server.address().port}`);
  const call = (method, ...args) => promisify(client[method].bind(client))(...args);
  await call('get', 'a'); // hit
  await call('get', 'none'); // miss
  await call('gets', 'a'); // hit
  await call('gets', 'none'); // miss
  await call('getMulti', ['a', 'none', 'b']); // 2 hits, miss
  await call('get', ['a', 'none', 'none2']); // hit, 2 misses

  let loads = 0;
  const load = (id, callback) => setImmediate(() => callback(null, `${id}-${++loads}`));
  const users = memoizer({ load, hash: (id) => id, max: 10 });
  const user = promisify(users);
  await Promise.all([user('1'), user('1')]); // miss, and one that waits for it
  console.log(await user('1'), users.load === load, typeof users.del, users.max); // hit
  await user('2'); // miss
  const square = memoizer.sync({ load: (n) => n * n, hash: (n) => String(n), max: 10 });
  square(3); // miss
  console.log(square(3)); // hit
  await scrape();
  client.end();
  server.close();
});
