import { threadId } from 'node:worker_threads';
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Component } from '../component.ts';
import { openChannel, type Message } from './channel.ts';
import { packLog, packSpan, post, type PostedLog, type PostedSpan } from './posted.ts';

/** Milliseconds between batches, and the size at which one leaves at once. */
const INTERVAL = 1000;
const BATCH = 256;

/** In a worker: the processors that take the place of exporters. */
export function toMainThread(): Component {
  let spans: PostedSpan[] = [];
  let logs: PostedLog[] = [];
  const channel = openChannel(({ ask }) => {
    if (ask === undefined) return;
    send();
    const answers = new Int32Array(ask);
    Atomics.add(answers, 0, 1);
    Atomics.notify(answers, 0);
  });
  const say = (message: Message): void => channel.postMessage(message);
  const send = (): void => {
    if (spans.length + logs.length === 0) return;
    const batch = { spans, logs };
    spans = [];
    logs = [];
    post(channel, batch);
  };
  say({ hello: threadId });
  const timer = setInterval(send, INTERVAL).unref();
  const sendWhenFull = (): void => {
    if (spans.length + logs.length >= BATCH) send();
  };
  const forceFlush = async (): Promise<void> => send();
  const spanProcessor: SpanProcessor = {
    onStart: (span) => void span.setAttribute('thread.id', threadId),
    onEnd(span) {
      if ((span.spanContext().traceFlags & 1) === 0) return;
      spans.push(packSpan(span));
      sendWhenFull();
    },
    forceFlush,
    shutdown: forceFlush,
  };
  const logRecordProcessor: LogRecordProcessor = {
    onEmit(record) {
      logs.push(packLog(record));
      sendWhenFull();
    },
    forceFlush,
    shutdown: forceFlush,
  };
  return {
    name: 'worker thread',
    spanProcessors: [spanProcessor],
    logRecordProcessors: [logRecordProcessor],
    forceFlush,
    pending() {
      send();
      say({ bye: threadId });
      return [];
    },
    async shutdown() {
      clearInterval(timer);
      send();
      say({ bye: threadId });
      channel.close();
    },
  };
}
