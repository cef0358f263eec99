'use strict';
module.exports = async (amqplib) => {
  const connection = await amqplib.connect('amqp://127.0.0.1');
  const channel = await connection.createChannel();
  const queue = `firstlight-${process.pid}`;
  await channel.assertQueue(queue, { autoDelete: true });
  const sent = 3;
  await new Promise((resolve) => {
    let seen = 0;
    void channel.consume(queue, (message) => {
      if (++seen === 2) channel.nack(message, false, false);
      else channel.ack(message);
      if (seen === sent) resolve();
    });
    for (let i = 0; i < sent; i++) channel.sendToQueue(queue, Buffer.from('message'));
  });
  await channel.close();
  await connection.close();
  console.log(queue);
};
