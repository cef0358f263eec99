/**
 * Worker threads make spans and log records and measure, but own no socket and no exporter: what ends there is posted to
 * the main thread in batches and joins its pipeline, and what is measured there is told when it asks. A broadcast channel carries it, because the ports of a worker belong to the
 * application, and a listener on them would keep it alive.
 */
import { BroadcastChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { ScopeMetrics } from '@opentelemetry/sdk-metrics';
import type { Batch } from './posted.ts';

/** What is said on the channel: batches and comings and goings by workers, and two requests by the main thread. */
export interface Message extends Partial<Batch> {
  /** Number of the worker that has started, or that ends. */
  readonly hello?: number;
  readonly bye?: number;
  /** Every worker shall post what it has, and count itself here. */
  readonly ask?: SharedArrayBuffer;
  /** Every worker shall say what it has measured, in so many milliseconds. */
  readonly collect?: number;
  readonly measured?: { readonly by: number; readonly scopeMetrics: readonly ScopeMetrics[] };
}

/** `hear` may be called for what other workers say, too. Holds no thread. */
export function openChannel(hear: (message: Message) => void): BroadcastChannel {
  const channel = new BroadcastChannel(`firstlight ${FIRSTLIGHT_VERSION}`);
  channel.onmessage = (event): void => hear((event as { readonly data: Message }).data);
  channel.unref();
  return channel;
}

/** What has been said and not been heard yet, without a turn of the event loop. */
export function* unheard(channel: BroadcastChannel): Generator<Message> {
  // It takes broadcast channels too; its type does not know.
  const port = channel as unknown as MessagePort;
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    yield (next as { readonly message: Message }).message;
  }
}
