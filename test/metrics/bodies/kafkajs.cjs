'use strict';
// There is no server: what is counted is what could not be sent.
module.exports = async ({ Kafka, logLevel }) => {
  const producer = new Kafka({
    brokers: ['127.0.0.1:1'],
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  }).producer();
  const messages = [{ value: 'a' }, { value: 'b' }];
  await producer.send({ topic: 'orders', messages }).catch(({ name }) => console.log(name));
};
