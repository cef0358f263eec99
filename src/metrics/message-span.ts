/** What spans of producers and consumers say of messages, whichever instrumentation has made them. */
import { SpanKind, type Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { nameIn } from './name-in.ts';

export interface Messages {
  readonly system: string;
  /** A queue, a topic, or an exchange. */
  readonly destination: string | undefined;
  readonly operation: string | undefined;
  readonly count: number;
}

/** Undefined where a span tells of none. */
export function messagesOf(span: ReadableSpan): Messages | undefined {
  switch (span.instrumentationScope.name) {
    case '@opentelemetry/instrumentation-amqplib':
      return ofAmqplib(span);
    case 'bullmq':
      return ofBullmq(span);
  }
  const { attributes, kind } = span;
  const system = nameIn(attributes['messaging.system']);
  if (system === undefined) return undefined;
  return {
    system,
    destination: nameIn(attributes['messaging.destination.name'] ?? attributes['messaging.destination']),
    operation:
      nameIn(attributes['messaging.operation.name'] ?? attributes['messaging.operation']) ??
      (kind === SpanKind.PRODUCER ? 'send' : 'process'),
    count: countIn(attributes, 'messaging.batch.message_count'),
  };
}

/** Queues that the server has named are one each for every consumer. */
const ANONYMOUS = 'amq.gen';

/** The queue of a consumer is in the name of its span alone; the exchange without a name leads to the queue of the key. */
function ofAmqplib({ name, kind, attributes }: ReadableSpan): Messages {
  const isProducer = kind === SpanKind.PRODUCER;
  const destination = isProducer
    ? (nameIn(attributes['messaging.destination']) ?? nameIn(attributes['messaging.rabbitmq.routing_key']))
    : nameIn(name.replace(/ process$/, ''));
  return {
    system: nameIn(attributes['messaging.system']) ?? 'rabbitmq',
    destination: destination?.startsWith(ANONYMOUS) === true ? ANONYMOUS : destination,
    operation: isProducer ? 'publish' : 'process',
    count: 1,
  };
}

/** Of a flow the nodes are the messages; other operations of producers send none. */
function ofBullmq({ attributes }: ReadableSpan): Messages {
  const operation = nameIn(attributes['bullmq.queue.operation']);
  const isOne = operation === 'add' || operation === 'addNode' || operation === 'process';
  return {
    system: 'bullmq',
    destination: nameIn(attributes['bullmq.queue.name']),
    operation,
    count: isOne ? 1 : operation === 'addBulk' ? countIn(attributes, 'bullmq.job.bulk.count') : 0,
  };
}

function countIn(attributes: Attributes, name: string): number {
  const count = attributes[name];
  return typeof count === 'number' && count >= 0 ? count : 1;
}
