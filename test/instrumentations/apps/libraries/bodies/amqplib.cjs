'use strict';
module.exports = async (amqplib) => {
  const connection = await amqplib.connect('amqp://127.0.0.1');
  const channel = await connection.createChannel();
  const queue = `firstlight-${process.pid}`;
  await channel.assertQueue(queue, { autoDelete: true });
  await new Promise((resolve) => {
    void channel.consume(queue, (message) => {
      channel.ack(message);
      resolve();
    });
    channel.sendToQueue(queue, Buffer.from('s3cr3t'));
  });
  await channel.close();
  await connection.close();
};
