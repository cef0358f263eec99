import type { Link } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { attributesOf, countOf, idOf, optionalTextOf, textOf, timeOf, type Message } from './json-values.ts';
import { spanFlags } from './span-flags.ts';

/** A `Span`. */
export function spanMessage(span: ReadableSpan): Message {
  const context = span.spanContext();
  const parent = span.parentSpanContext;
  const { code, message } = span.status;
  return {
    traceId: idOf(context.traceId, 16),
    spanId: idOf(context.spanId, 8),
    traceState: optionalTextOf(context.traceState?.serialize()),
    parentSpanId: parent?.spanId ? idOf(parent.spanId, 8) : undefined,
    name: textOf(span.name),
    kind: countOf(span.kind + 1),
    startTimeUnixNano: timeOf(span.startTime),
    endTimeUnixNano: timeOf(span.endTime),
    attributes: attributesOf(span.attributes),
    droppedAttributesCount: countOf(span.droppedAttributesCount),
    events: span.events.map(eventMessage),
    droppedEventsCount: countOf(span.droppedEventsCount),
    links: span.links.map(linkMessage),
    droppedLinksCount: countOf(span.droppedLinksCount),
    status: { code: countOf(code), message: optionalTextOf(message) },
    flags: spanFlags(context.traceFlags, parent?.isRemote),
  };
}

const eventMessage = ({ time, name, attributes, droppedAttributesCount }: TimedEvent): Message => ({
  timeUnixNano: timeOf(time),
  name: textOf(name),
  attributes: attributesOf(attributes),
  droppedAttributesCount: countOf(droppedAttributesCount),
});

const linkMessage = ({ context, attributes, droppedAttributesCount }: Link): Message => ({
  traceId: idOf(context.traceId, 16),
  spanId: idOf(context.spanId, 8),
  traceState: optionalTextOf(context.traceState?.serialize()),
  attributes: attributesOf(attributes),
  droppedAttributesCount: countOf(droppedAttributesCount),
  flags: spanFlags(context.traceFlags, context.isRemote),
});
