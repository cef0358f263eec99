/**
 * A worker thread's `listen` is announced in that thread alone, while the main thread holds the port: the worker asks
 * for it, and goes on to bind when the main thread has answered.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { BroadcastChannel } from 'node:worker_threads';
import type { Component } from '../component.ts';
import { watchListen } from './yield.ts';

const CHANNEL = 'firstlight port';
const WORKERS = 'worker_threads';
/** Milliseconds: the main thread may be busy for long, or wait for this very worker. */
const PATIENCE = 250;

interface Wish {
  readonly port: number;
  /** Shared; its one number is no longer 0 once the main thread has answered. */
  readonly answered: Int32Array;
}

/** In a worker: asks for `port` as the application there is about to listen on it. */
export function askForPort(port: number): Component {
  const stop = watchListen(
    () => undefined,
    // `listen(0)` of the application means another port than ours.
    () => (port === 0 ? undefined : port),
    () => {
      const wish: Wish = { port, answered: new Int32Array(new SharedArrayBuffer(4)) };
      const channel = new BroadcastChannel(CHANNEL);
      channel.postMessage(wish);
      channel.close();
      Atomics.wait(wish.answered, 0, 0, PATIENCE);
    },
  );
  return { name: 'port of a worker thread', shutdown: async () => stop() };
}

/**
 * In the main thread: `asked` lets go of the port before it returns. Also who wants another, or one long given up, is
 * answered, or it would wait in vain. Costs nothing until a worker starts. Returns how to stop.
 */
export function answerWorkers(asked: (port: number) => void): () => void {
  let channel: BroadcastChannel | undefined;
  const open = (): void => {
    if (channel !== undefined) return;
    channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = (event): void => {
      const { port, answered } = (event as { readonly data: Wish }).data;
      asked(port);
      Atomics.store(answered, 0, 1);
      Atomics.notify(answered, 0);
    };
    channel.unref();
  };
  subscribe(WORKERS, open);
  return () => {
    unsubscribe(WORKERS, open);
    channel?.close();
  };
}
