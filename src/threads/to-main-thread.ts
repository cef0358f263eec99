import { clearTimeout, setTimeout } from 'node:timers';
import { threadId } from 'node:worker_threads';
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Collected, Collecting } from '../collected.ts';
import type { Component } from '../component.ts';
import { openChannel, type Message } from './channel.ts';
import { packLog, packSpan, post, postMeasured, type PostedLog, type PostedSpan } from './posted.ts';

/** Milliseconds until a batch leaves, for a worker may be stopped any time; and the size at which it leaves at once. */
const DELAY = 10;
const BATCH = 256;

/** In a worker: the processors that take the place of exporters. `metrics`: where somebody may ask for them. */
export function toMainThread(metrics?: Collecting): Component {
  let spans: PostedSpan[] = [];
  let logs: PostedLog[] = [];
  const channel = openChannel(({ ask, collect }) => {
    if (collect !== undefined) void metrics?.collect(collect).then(measured, () => {});
    if (ask === undefined) return;
    send();
    measuredNow();
    const answers = new Int32Array(ask);
    Atomics.add(answers, 0, 1);
    Atomics.notify(answers, 0);
  });
  const say = (message: Message): void => channel.postMessage(message);
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const send = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (spans.length + logs.length === 0) return;
    const batch = { spans, logs };
    spans = [];
    logs = [];
    // Who has stood aside keeps nothing either.
    if (!closed) post(channel, batch);
  };
  const measured = ({ scopeMetrics }: Collected): void => {
    if (!closed) postMeasured(channel, { by: threadId, scopeMetrics });
  };
  const measuredNow = (): void => {
    if (metrics !== undefined) measured(metrics.collectNow());
  };
  say({ hello: threadId });
  const sendSoon = (): void => {
    if (spans.length + logs.length >= BATCH) send();
    else timer ??= setTimeout(send, DELAY).unref();
  };
  const forceFlush = async (): Promise<void> => send();
  const spanProcessor: SpanProcessor = {
    onStart: (span) => void span.setAttribute('thread.id', threadId),
    onEnd(span) {
      if ((span.spanContext().traceFlags & 1) === 0) return;
      spans.push(packSpan(span));
      sendSoon();
    },
    forceFlush,
    shutdown: forceFlush,
  };
  const logRecordProcessor: LogRecordProcessor = {
    onEmit(record) {
      logs.push(packLog(record));
      sendSoon();
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
      measuredNow();
      say({ bye: threadId });
      return [];
    },
    async shutdown() {
      send();
      measuredNow();
      say({ bye: threadId });
      closed = true;
      channel.close();
    },
  };
}
