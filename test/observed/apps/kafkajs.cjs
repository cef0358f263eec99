/** The events of real consumers, without a broker. */
const Emitter = require('kafkajs/src/instrumentation/emitter');
const emitters = [];
const { addListener } = Emitter.prototype;
Emitter.prototype.addListener = function (...args) {
  if (!emitters.includes(this)) emitters.push(this);
  return addListener.apply(this, args);
};
const { Kafka } = require('kafkajs');
const scrape = require('./scrape.cjs');

const kafka = new Kafka({ brokers: ['127.0.0.1:1'], logLevel: 0 });
const consumers = ['shop', 'shop', 'audit'].map((groupId) => kafka.consumer({ groupId }));
const [first, second, audit] = emitters;
const batch = (emitter, topic, partition, offsetLag) =>
  emitter.emit('consumer.end_batch_process', { topic, partition, offsetLag });

void (async () => {
  batch(first, 'orders', 0, '5');
  batch(first, 'orders', 0, '3');
  batch(first, 'orders', 1, '4');
  batch(second, 'orders', 2, '10');
  batch(audit, 'orders', 0, '100');
  batch(audit, 'mails', 0, '-1');
  await scrape();
  first.emit('consumer.group_join', { memberAssignment: { orders: [1] } });
  audit.emit('consumer.stop', null);
  await scrape();
  console.log(consumers.length);
})();
