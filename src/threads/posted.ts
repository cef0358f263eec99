/** The form in which spans, log records and measurements travel between threads: plain values, which can be cloned. */
import { threadId, type BroadcastChannel } from 'node:worker_threads';
import { createTraceState, type SpanContext } from '@opentelemetry/api';
import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Resource } from '@opentelemetry/resources';
import * as diag from '../diag.ts';
import type { Message } from './channel.ts';

type Context = Omit<SpanContext, 'traceState'> & { readonly traceState?: string };
export type PostedSpan = Omit<ReadableSpan, 'spanContext' | 'parentSpanContext' | 'links' | 'resource'> & {
  readonly context: Context;
  readonly parentContext?: Context;
  readonly links: readonly (Omit<ReadableSpan['links'][number], 'context'> & { readonly context: Context })[];
};
export type PostedLog = Omit<ReadableLogRecord, 'spanContext' | 'resource'> & { readonly context?: Context };
export interface Batch {
  readonly spans: readonly PostedSpan[];
  readonly logs: readonly PostedLog[];
}

/** Sends a batch; what cannot be cloned costs itself alone. */
export function post(channel: BroadcastChannel, batch: Batch): void {
  try {
    channel.postMessage(batch);
  } catch {
    // One of them holds what cannot be cloned (a function, a stream): each goes alone.
    for (const span of batch.spans) postOne(channel, { spans: [span], logs: [] });
    for (const log of batch.logs) postOne(channel, { spans: [], logs: [log] });
  }
}

const postOne = (channel: BroadcastChannel, one: Batch): void => postAnyway(channel, one, 'a span or log record');

export const postMeasured = (channel: BroadcastChannel, measured: Message['measured']): void =>
  postAnyway(channel, { measured }, 'what is measured');

function postAnyway(channel: BroadcastChannel, said: object, what: string): void {
  try {
    channel.postMessage(said);
  } catch {
    try {
      channel.postMessage(JSON.parse(JSON.stringify(said)));
    } catch (cause) {
      diag.limited(`worker ${what}`, `${what} of a worker thread cannot be sent to the main thread`, cause);
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

export function packSpan(span: ReadableSpan): PostedSpan {
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

export function unpackSpan({ context, parentContext, links, ...span }: PostedSpan, resource: Resource): ReadableSpan {
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

export function packLog(record: ReadableLogRecord): PostedLog {
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
export function unpackLog({ context, ...log }: PostedLog, resource: Resource): Emitted {
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
