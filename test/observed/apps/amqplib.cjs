const { once } = require('node:events');
const { promisify } = require('node:util');
const amqplib = require('amqplib');
const callbacks = require('amqplib/callback_api');
const scrape = require('./scrape.cjs');

const url = 'amqp://guest:guest@127.0.0.1:5672';
const name = (what) => `firstlight-observed-${what}`;
const temporary = { autoDelete: false, durable: false, expires: 60_000 };

void (async () => {
  const connection = await amqplib.connect(url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(name('waits'), temporary);
  await channel.assertQueue(name('work'), temporary);
  await channel.assertQueue(name('deleted'), temporary);
  const { queue: unnamed } = await channel.assertQueue('', { exclusive: true });
  for (const queue of ['waits', 'work', 'deleted']) await channel.purgeQueue(name(queue));
  await channel.deleteQueue(name('deleted'));
  for (let i = 0; i < 3; i++) channel.sendToQueue(name('waits'), Buffer.from('x'));
  for (let i = 0; i < 8; i++) channel.sendToQueue(name('work'), Buffer.from('x'));
  channel.sendToQueue(unnamed, Buffer.from('x'));
  await channel.waitForConfirms();

  const messages = [];
  const all = Promise.withResolvers();
  const { consumerTag } = await channel.consume(name('work'), (message) => {
    if (messages.push(message) === 8) all.resolve();
  });
  await all.promise;
  await channel.cancel(consumerTag);
  channel.nack(messages[0], false, true); // back
  channel.nack(messages[1], false, false); // 1
  channel.reject(messages[2], false); // 1
  channel.reject(messages[3]); // back
  channel.ack(messages[4]);
  channel.nack(messages[6], true, false); // 2: and the one before
  channel.nackAll(false); // 1
  const got = await channel.get(name('waits'));
  channel.nack(got, false, false); // 1

  const other = await promisify(callbacks.connect)(url);
  const second = await promisify(other.createChannel.bind(other))();
  await promisify(second.assertQueue.bind(second))(name('callbacks'), temporary);
  await promisify(second.purgeQueue.bind(second))(name('callbacks'));
  second.sendToQueue(name('callbacks'), Buffer.from('x'));
  await promisify(second.checkQueue.bind(second))(name('callbacks'));
  await scrape();
  // What answered is asked again with the same channel.
  await new Promise((resolve) => setTimeout(resolve, 3100));
  await channel.assertQueue(name('waits'), temporary);
  channel.sendToQueue(name('waits'), Buffer.from('x'));
  await channel.waitForConfirms();
  await scrape();
  console.log('channels', connection.connection.channels.filter(Boolean).length);
  for (const queue of ['waits', 'work', 'callbacks']) await channel.deleteQueue(name(queue));
  const closed = once(other, 'close');
  other.close();
  await closed;
  await connection.close();
})();
