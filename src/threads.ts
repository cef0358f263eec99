/**
 * Worker threads make spans and log records, but own no socket and no exporter: what ends there is posted to the main
 * thread in batches and joins its pipeline. A broadcast channel carries it, because the ports of a worker belong to
 * the application, and a listener on them would keep it alive.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { BroadcastChannel, receiveMessageOnPort, threadId, type MessagePort } from 'node:worker_threads';
import { createTraceState, type SpanContext } from '@opentelemetry/api';
import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Resource } from '@opentelemetry/resources';
import type { Component } from './component.ts';
import * as diag from './diag.ts';

const CHANNEL = `firstlight ${FIRSTLIGHT_VERSION}`;
/** Milliseconds between batches, and the size at which one leaves at once. */
const INTERVAL = 1000;
const BATCH = 256;

type Context = Omit<SpanContext, 'traceState'> & { readonly traceState?: string };
type PostedSpan = Omit<ReadableSpan, 'spanContext' | 'parentSpanContext' | 'links' | 'resource'> & {
  readonly context: Context;
  readonly parentContext?: Context;
  readonly links: readonly (Omit<ReadableSpan['links'][number], 'context'> & { readonly context: Context })[];
};
type PostedLog = Omit<ReadableLogRecord, 'spanContext' | 'resource'> & { readonly context?: Context };
interface Batch {
  readonly spans: readonly PostedSpan[];
  readonly logs: readonly PostedLog[];
}

/** In a worker: the processors that take the place of exporters. */
export function toMainThread(): Component {
  const channel = new BroadcastChannel(CHANNEL);
  channel.unref();
  let spans: PostedSpan[] = [];
  let logs: PostedLog[] = [];
  const send = (): void => {
    if (spans.length + logs.length === 0) return;
    const batch: Batch = { spans, logs };
    spans = [];
    logs = [];
    post(channel, batch);
  };
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
      return [];
    },
    async shutdown() {
      clearInterval(timer);
      send();
      channel.close();
    },
  };
}

/** In the main thread: hands what workers post to the processors of the pipeline. Costs nothing until a worker starts. */
export function fromWorkers(
  resource: Resource,
  spanProcessors: readonly SpanProcessor[],
  logRecordProcessors: readonly LogRecordProcessor[],
): Component {
  let channel: BroadcastChannel | undefined;
  const open = (): void => {
    if (channel !== undefined) return;
    channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = (event): void => join((event as { readonly data: Batch }).data);
    channel.unref();
  };
  const join = ({ spans, logs }: Batch): void => {
    for (const span of spans.map((posted) => unpackSpan(posted, resource))) {
      for (const processor of spanProcessors) processor.onEnd(span);
    }
    for (const log of logs.map((posted) => unpackLog(posted, resource))) {
      for (const processor of logRecordProcessors) processor.onEmit(log);
    }
  };
  subscribe('worker_threads', open);
  /** The last words of a worker may be waiting when the main thread has nothing else left to do. */
  const drain = (): void => {
    if (channel === undefined) return;
    // It takes broadcast channels too; its type does not know.
    const port = channel as unknown as MessagePort;
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      join((next as { readonly message: Batch }).message);
    }
  };
  return {
    name: 'worker threads',
    forceFlush: async () => drain(),
    pending() {
      drain();
      return [];
    },
    async shutdown() {
      unsubscribe('worker_threads', open);
      channel?.close();
    },
  };
}

function post(channel: BroadcastChannel, batch: Batch): void {
  try {
    channel.postMessage(batch);
  } catch {
    // One of them holds what cannot be cloned (a function, a stream): each goes alone.
    for (const span of batch.spans) postOne(channel, { spans: [span], logs: [] });
    for (const log of batch.logs) postOne(channel, { spans: [], logs: [log] });
  }
}

function postOne(channel: BroadcastChannel, one: Batch): void {
  try {
    channel.postMessage(one);
  } catch {
    try {
      channel.postMessage(JSON.parse(JSON.stringify(one)));
    } catch (cause) {
      diag.limited('worker', 'a span or log record of a worker thread cannot be sent to the main thread', cause);
    }
  }
}

/** By name: a propagator of the application may have put more on it, which may not be cloneable. */
function packContext({ traceId, spanId, traceFlags, isRemote, traceState }: SpanContext): Context {
  return {
    traceId,
    spanId,
    traceFlags,
    ...(isRemote !== undefined && { isRemote }),
    ...(traceState !== undefined && { traceState: traceState.serialize() }),
  };
}

function unpackContext({ traceState, ...context }: Context): SpanContext {
  return traceState === undefined ? context : { ...context, traceState: createTraceState(traceState) };
}

function packSpan(span: ReadableSpan): PostedSpan {
  return {
    name: span.name,
    kind: span.kind,
    context: packContext(span.spanContext()),
    ...(span.parentSpanContext && { parentContext: packContext(span.parentSpanContext) }),
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    status: span.status,
    attributes: span.attributes,
    events: span.events,
    links: span.links.map((link) => ({ ...link, context: packContext(link.context) })),
    ended: span.ended,
    instrumentationScope: plainScope(span.instrumentationScope),
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}

function unpackSpan({ context, parentContext, links, ...span }: PostedSpan, resource: Resource): ReadableSpan {
  const spanContext = unpackContext(context);
  return {
    ...span,
    resource,
    instrumentationScope: sharedScope(span.instrumentationScope),
    spanContext: () => spanContext,
    ...(parentContext && { parentSpanContext: unpackContext(parentContext) }),
    links: links.map((link) => ({ ...link, context: unpackContext(link.context) })),
  };
}

function packLog(record: ReadableLogRecord): PostedLog {
  return {
    hrTime: record.hrTime,
    hrTimeObserved: record.hrTimeObserved,
    ...(record.spanContext && { context: packContext(record.spanContext) }),
    ...(record.severityText !== undefined && { severityText: record.severityText }),
    ...(record.severityNumber !== undefined && { severityNumber: record.severityNumber }),
    ...(record.body !== undefined && { body: record.body }),
    ...(record.eventName !== undefined && { eventName: record.eventName }),
    attributes: { ...record.attributes, 'thread.id': threadId },
    instrumentationScope: plainScope(record.instrumentationScope),
    droppedAttributesCount: record.droppedAttributesCount,
  };
}

type Emitted = Parameters<LogRecordProcessor['onEmit']>[0];

/** Processors of the pipeline read log records, they do not write them: a readable one serves. */
function unpackLog({ context, ...log }: PostedLog, resource: Resource): Emitted {
  return {
    ...log,
    resource,
    instrumentationScope: sharedScope(log.instrumentationScope),
    ...(context && { spanContext: unpackContext(context) }),
  } as unknown as Emitted;
}

type Scope = ReadableLogRecord['instrumentationScope'];

function plainScope({ name, version, schemaUrl }: Scope): Scope {
  return { name, ...(version !== undefined && { version }), ...(schemaUrl !== undefined && { schemaUrl }) };
}

/** Exporters group by the identity of a scope; a clone has a new one every time. */
const scopes = new Map<string, Scope>();
const MAX_SCOPES = 1000;

function sharedScope(scope: Scope): Scope {
  const key = `${scope.name} ${scope.version ?? ''} ${scope.schemaUrl ?? ''}`;
  const known = scopes.get(key);
  if (known !== undefined || scopes.size >= MAX_SCOPES) return known ?? scope;
  scopes.set(key, scope);
  return scope;
}
