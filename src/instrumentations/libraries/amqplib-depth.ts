/**
 * The depth of queues, by a passive declaration on a channel of our own: the broker closes the channel of who asks for a
 * queue that is gone, and that must not be the application's.
 */
import * as diag from '../../diag.ts';
import type { Depth, Observed } from '../../observed.ts';

/** Milliseconds for which an answer is good. */
const LASTS = 3000;
/** Queues of a connection. */
const MOST = 100;

/** Channels that are left to the application, which may open more of them. */
const SPARE = 8;
/** The code by which a broker says that there is no such queue. */
const NOT_FOUND = 404;

type Done<T = unknown> = (cause: unknown, value?: T) => void;
/** Of both models: one calls back, the other returns a promise. */
interface OwnChannel {
  on(event: 'error' | 'close', listener: () => void): void;
  open(done: Done): unknown;
  checkQueue(queue: string, done: Done<Counted>): unknown;
}
interface Counted {
  readonly messageCount: number;
}
export type ChannelClass = new (connection: Connection) => OwnChannel;
/** What is underneath the connections of both models. */
export interface Connection {
  /** Set when it is closed. */
  readonly expectSocketClose?: boolean;
  readonly channelMax?: number;
  readonly channels?: readonly (object | null | undefined)[];
}

interface Checked {
  readonly queues: Set<string>;
  channel?: OwnChannel | undefined;
}

/** Returns what notes a queue of a connection, for as long as there is the connection. */
export function createQueueChecks(
  Channel: ChannelClass,
  { depth }: Observed,
): (connection: Connection, queue: unknown) => void {
  const known = new WeakMap<Connection, Checked>();
  return (connection, queue) => {
    // The broker gives such names to queues of one consumer, which nobody else would find again.
    if (typeof queue !== 'string' || queue === '' || queue.startsWith('amq.')) return;
    const noted = known.get(connection);
    if (noted !== undefined) {
      if (noted.queues.size < MOST) noted.queues.add(queue);
      return;
    }
    const checked: Checked = { queues: new Set([queue]) };
    known.set(connection, checked);
    const watched = new WeakRef(connection);
    let isLeftAlone = false;
    depth({
      lasts: LASTS,
      read() {
        const at = watched.deref();
        if (at === undefined) return [];
        isLeftAlone = checked.channel === undefined && !hasSpare(at);
        return isLeftAlone ? [] : check(checked, at, Channel);
      },
      isGone() {
        const at = watched.deref();
        return isLeftAlone || at === undefined || at.expectSocketClose === true;
      },
      failed: (cause) => diag.debug('the depth of queues of RabbitMQ is not known', cause),
    });
  };
}

function hasSpare({ channelMax = Infinity, channels = [] }: Connection): boolean {
  const used = channels.filter((channel) => channel !== null && channel !== undefined).length;
  if (used + SPARE <= channelMax) return true;
  diag.limited(
    'amqplib channels',
    `amqplib: ${used} of ${channelMax} channels are in use; the depth of queues of this connection is not measured`,
  );
  return false;
}

/** Never rejects. */
async function check(checked: Checked, connection: Connection, Channel: ChannelClass): Promise<readonly Depth[]> {
  const depths: Depth[] = [];
  for (const queue of checked.queues) {
    try {
      const channel = (checked.channel ??= await open(checked, new Channel(connection)));
      const { messageCount } = await answerOf<Counted>((done) => channel.checkQueue(queue, done));
      depths.push({ attributes: { queue, 'messaging.system': 'rabbitmq' }, messages: messageCount });
    } catch (cause) {
      checked.channel = undefined;
      diag.debug(`the depth of the queue ${queue} of RabbitMQ is not known`, cause);
      // It may be made again, and is then noted again.
      if ((cause as { readonly code?: unknown } | null)?.code !== NOT_FOUND) break;
      checked.queues.delete(queue);
    }
  }
  return depths;
}

async function open(checked: Checked, channel: OwnChannel): Promise<OwnChannel> {
  // What nobody listens to is thrown.
  channel.on('error', () => {});
  channel.on('close', () => {
    if (checked.channel === channel) checked.channel = undefined;
  });
  await answerOf((done) => channel.open(done));
  return channel;
}

function answerOf<T>(ask: (done: Done<T>) => unknown): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const done: Done<T> = (cause, value) => (cause ? reject(asError(cause)) : resolve(value as T));
    const answer = ask(done) as PromiseLike<T> | undefined;
    if (typeof answer?.then === 'function') answer.then(resolve, reject);
  });
}

const asError = (cause: unknown): Error => (cause instanceof Error ? cause : new Error(diag.describe(cause)));
