/** Messages that a channel has delivered and that nobody has answered for: who rejects all of them does not name them. */

export interface Channel {
  readonly connection: object;
}

export interface Message {
  readonly fields: { readonly deliveryTag: number; readonly exchange?: string; readonly routingKey?: string };
}

/** The queue by delivery tag, in the order of the tags. A prefetch limits how many; without one they are in memory anyway. */
const unacked = new WeakMap<Channel, Map<number, string>>();

export function delivered(channel: Channel, { fields }: Message, queue: string): void {
  const tags = unacked.get(channel);
  if (tags === undefined) unacked.set(channel, new Map([[fields.deliveryTag, queue]]));
  else tags.set(fields.deliveryTag, queue);
}

/** Answers for this message, with `upTo` for those before it too; without one for all. Returns the queue of each. */
export function acked(channel: Channel, message: Message | undefined, upTo: boolean): (string | undefined)[] {
  const tags = unacked.get(channel);
  if (message !== undefined && !upTo) {
    const queue = tags?.get(message.fields.deliveryTag) ?? queueOf(message);
    tags?.delete(message.fields.deliveryTag);
    return [queue];
  }
  const queues: (string | undefined)[] = [];
  const last = message?.fields.deliveryTag ?? Infinity;
  for (const [tag, queue] of tags ?? []) {
    if (tag > last) break;
    tags?.delete(tag);
    queues.push(queue);
  }
  return queues;
}

/** Of one that was fetched by `get`: the default exchange routes by the name of the queue. */
const queueOf = ({ fields: { exchange, routingKey } }: Message): string | undefined =>
  exchange === '' ? routingKey : undefined;
