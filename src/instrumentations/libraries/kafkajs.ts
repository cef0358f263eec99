import { KafkaJsInstrumentation as Upstream } from '@opentelemetry/instrumentation-kafkajs';
import type { Lag, Observe, Observed } from '../../observed.ts';
import { withoutThrowing } from '../../without-throwing.ts';

interface Event {
  readonly payload: {
    readonly topic: string;
    readonly partition: number;
    readonly offsetLag?: string;
    readonly memberAssignment?: Readonly<Record<string, readonly number[]>>;
  };
}
type Listener = (event: Event) => void;
interface Consumer {
  readonly events: Readonly<Record<string, string>>;
  on(event: string, listener: Listener): void;
}
type CreateConsumer = (this: unknown, options: { readonly groupId?: string }) => Consumer;

/** Upstream's spans; the lag besides, as each batch tells it: no broker is asked. */
export class KafkaJsInstrumentation extends Upstream {
  constructor(config: object, observed: Observe) {
    super(config);
    if (observed === undefined) return;
    const self = this as unknown as { _getConsumerPatch(): (original: CreateConsumer) => CreateConsumer };
    const patch = self._getConsumerPatch.bind(this);
    self._getConsumerPatch = () => (original) => {
      const create = patch()(original);
      return function (options) {
        const consumer = create.call(this, options);
        withoutThrowing('the lag of a consumer is not measured', watch, consumer, String(options?.groupId), observed());
        return consumer;
      };
    };
  }
}

/** Holds numbers, and not the consumer. */
function watch({ events, on }: Consumer, group: string, { lag }: Observed): void {
  /** By topic and partition: the last that was told. */
  const topics = new Map<string, Map<number, number>>();
  let end: (() => void) | undefined;
  const listen = (event: string, listener: Listener): void => {
    if (events[event] !== undefined) on(events[event], listener);
  };
  const forget = (): void => {
    end?.();
    end = undefined;
    topics.clear();
  };

  listen('END_BATCH_PROCESS', ({ payload: { topic, partition, offsetLag } }) => {
    const messages = Number(offsetLag);
    if (!Number.isFinite(messages)) return;
    const partitions = topics.get(topic) ?? new Map<number, number>();
    topics.set(topic, partitions.set(partition, Math.max(0, messages)));
    end ??= lag(() => sums(topics, group));
  });
  // What another member reads from now on is told by that one.
  listen('GROUP_JOIN', ({ payload: { memberAssignment = {} } }) => {
    for (const [topic, partitions] of topics) {
      for (const partition of partitions.keys())
        if (!memberAssignment[topic]?.includes(partition)) partitions.delete(partition);
      if (partitions.size === 0) topics.delete(topic);
    }
  });
  for (const event of ['STOP', 'DISCONNECT', 'CRASH']) listen(event, forget);
}

function* sums(topics: ReadonlyMap<string, ReadonlyMap<number, number>>, group: string): Generator<Lag> {
  for (const [queue, partitions] of topics) {
    let messages = 0;
    for (const lag of partitions.values()) messages += lag;
    yield { queue, group, messages };
  }
}
