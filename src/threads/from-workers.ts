import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { clearTimeout, setTimeout } from 'node:timers';
import type { BroadcastChannel, Worker } from 'node:worker_threads';
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Resource } from '@opentelemetry/resources';
import type { ThreadsHeard } from '../collected.ts';
import type { Component } from '../component.ts';
import { openChannel, unheard, type Message } from './channel.ts';
import { unpackLog, unpackSpan } from './posted.ts';

/** Milliseconds that workers have at the end of the process; one that computes does not hear. */
const LAST_CALL = 100;

export interface FromWorkers extends Component {
  /** Asks all that live for what they have measured; resolves when they have said it, or in time. */
  collect(timeout: number): Promise<void>;
}

/** In the main thread: hands what workers post to the processors of the pipeline. Costs nothing until a worker starts. */
export function fromWorkers(
  resource: Resource,
  spanProcessors: readonly SpanProcessor[],
  logRecordProcessors: readonly LogRecordProcessor[],
  metrics?: ThreadsHeard,
): FromWorkers {
  /** Those that have said hello. */
  const living = new Set<number>();
  /** Those that this thread has started: one that is terminated says nothing, and has no number any more. */
  const started = new Map<number, Worker>();
  let asked = false;
  let channel: BroadcastChannel | undefined;
  /** Those that have been asked and have not answered, and when they are late: one may be blocked for long. */
  const silent = new Map<number, number>();
  /** For each request under way: an answer, or the end of a worker. */
  const settled = new Set<(worker: number) => void>();

  const hear = ({ spans = [], logs = [], hello, bye, measured }: Message): void => {
    if (hello !== undefined) living.add(hello);
    // Of one that has said goodbye everything is counted already.
    if (measured !== undefined && living.has(measured.by)) {
      metrics?.heard(measured.by, measured.scopeMetrics);
      settle(measured.by);
    }
    if (bye !== undefined) forget(bye);
    for (const span of spans.map((posted) => unpackSpan(posted, resource))) {
      for (const processor of spanProcessors) processor.onEnd(span);
    }
    for (const log of logs.map((posted) => unpackLog(posted, resource))) {
      for (const processor of logRecordProcessors) processor.onEmit(log);
    }
  };
  const settle = (worker: number): void => {
    silent.delete(worker);
    for (const each of settled) each(worker);
  };
  const forget = (worker: number): void => {
    living.delete(worker);
    metrics?.gone(worker);
    settle(worker);
  };
  const open = (message: unknown): void => {
    channel ??= openChannel(hear);
    forgetTheDead();
    const { worker } = message as { readonly worker: Worker };
    started.set(worker.threadId, worker);
  };
  const forgetTheDead = (): void => {
    // What they have said is here by now, though it may not be heard yet; afterwards it would bring them back.
    drain();
    for (const [id, worker] of started) {
      if (worker.threadId === id) continue;
      started.delete(id);
      forget(id);
    }
  };
  subscribe('worker_threads', open);

  /** The last words of a worker may be waiting when the main thread has nothing else left to do. */
  const drain = (): void => {
    if (channel !== undefined) for (const message of unheard(channel)) hear(message);
  };
  /** With the main thread its workers are stopped where they are. */
  const askTheLiving = (): void => {
    forgetTheDead();
    if (channel === undefined || living.size === 0 || asked) return;
    asked = true;
    const ask = new SharedArrayBuffer(4);
    const answers = new Int32Array(ask);
    channel.postMessage({ ask } satisfies Message);
    const until = performance.now() + LAST_CALL;
    for (let count = 0; count < living.size && performance.now() < until; count = Atomics.load(answers, 0)) {
      Atomics.wait(answers, 0, count, until - performance.now());
    }
    drain();
  };
  return {
    name: 'worker threads',
    async collect(timeout) {
      if (channel === undefined) return;
      forgetTheDead();
      const now = performance.now();
      // Who is late is not waited for, but whoever another request has just asked is.
      const waiting = new Set([...living].filter((worker) => (silent.get(worker) ?? Infinity) > now));
      if (waiting.size === 0) return;
      const asked = [...waiting].filter((worker) => !silent.has(worker));
      for (const worker of asked) silent.set(worker, now + timeout);
      if (asked.length > 0) channel.postMessage({ collect: timeout } satisfies Message);
      await new Promise<void>((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          settled.delete(settleOne);
          resolve();
        };
        const timer = setTimeout(end, timeout).unref();
        const settleOne = (worker: number): void => {
          if (waiting.delete(worker) && waiting.size === 0) end();
        };
        settled.add(settleOne);
      });
    },
    forceFlush: async () => drain(),
    pending() {
      askTheLiving();
      return [];
    },
    async shutdown() {
      unsubscribe('worker_threads', open);
      channel?.close();
    },
  };
}
