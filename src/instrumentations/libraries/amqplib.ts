import {
  InstrumentationNodeModuleFile,
  type InstrumentationNodeModuleDefinition,
} from '@opentelemetry/instrumentation';
import { AmqplibInstrumentation as Upstream } from '@opentelemetry/instrumentation-amqplib';
import type { Observe } from '../../observed.ts';
import { withoutThrowing } from '../../without-throwing.ts';
import { createQueueChecks, type ChannelClass } from './amqplib-depth.ts';
import { acked, delivered, type Channel, type Message } from './amqplib-unacked.ts';
import { runBefore } from './wrap-method.ts';

const VERSIONS = ['>=0.5.5 <3'];
const NOT_MEASURED = 'a queue of amqplib is not measured';

type Method = (this: Channel, ...args: unknown[]) => unknown;
type Methods = Record<'assertQueue' | 'consume' | 'ack' | 'ackAll' | 'nack' | 'nackAll' | 'reject', Method>;
interface Model {
  readonly Channel: ChannelClass & { readonly prototype: Methods };
}

/** Upstream's spans; the depth of queues and what is given up besides, whether there is a span or not. */
export class AmqplibInstrumentation extends Upstream {
  private readonly observed: Observe;

  constructor(config: object, observed: Observe) {
    super(config);
    this.observed = observed;
  }

  override init(): InstrumentationNodeModuleDefinition {
    const definition = super.init();
    for (const model of ['channel_model', 'callback_model'] as const) {
      const file = new InstrumentationNodeModuleFile(
        `amqplib/lib/${model}.js`,
        VERSIONS,
        (exports: Model) => this.patchModel(exports),
        () => {},
      );
      definition.files.unshift(file);
    }
    return definition;
  }

  private patchModel(exports: Model): Model {
    const prototype = exports.Channel.prototype as Channel & Methods;
    const observed = this.observed?.();
    if (observed === undefined) return exports;
    const note = createQueueChecks(exports.Channel, observed);
    const before = (name: keyof Methods, run: (channel: Channel, args: unknown[]) => void) =>
      runBefore(prototype, name, NOT_MEASURED, run);
    const givenUp = (queues: readonly (string | undefined)[]): void => {
      for (const queue of queues) observed.deadLetter('rabbitmq', queue);
    };

    before('assertQueue', (channel, [queue]) => note(channel.connection, queue));
    before('consume', (channel, args) => {
      const [queue, onMessage, options] = args as [string, (message: unknown) => unknown, { noAck?: boolean }?];
      note(channel.connection, queue);
      if (options?.noAck === true || typeof onMessage !== 'function') return;
      args[1] = function (this: unknown, message: Message | null) {
        if (message !== null) withoutThrowing(NOT_MEASURED, delivered, channel, message, queue);
        return onMessage.call(this, message);
      };
    });
    before('ack', (channel, [message, upTo]) => void acked(channel, message as Message, upTo === true));
    before('ackAll', (channel) => void acked(channel, undefined, true));
    // Where it is not said, a message is put back.
    before('nack', (channel, [message, upTo, requeue = true]) => {
      const queues = acked(channel, message as Message, upTo === true);
      if (!requeue) givenUp(queues);
    });
    before('nackAll', (channel, [requeue = true]) => {
      const queues = acked(channel, undefined, true);
      if (!requeue) givenUp(queues);
    });
    before('reject', (channel, [message, requeue = true]) => {
      const queues = acked(channel, message as Message, false);
      if (!requeue) givenUp(queues);
    });
    return exports;
  }
}
