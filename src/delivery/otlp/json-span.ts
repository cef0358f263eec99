import type { Link, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { attributesOf, countOf, fieldOf, idOf, textOf, timeOf } from './json-values.ts';
import { spanFlags } from './span-flags.ts';

/** A `Span`. */
export function spanOf(span: ReadableSpan): string {
  const context = span.spanContext();
  const parent = span.parentSpanContext;
  const { code, message } = span.status;
  return (
    `{${contextOf(context)}` +
    (parent?.spanId ? `,"parentSpanId":${idOf(parent.spanId, 8)}` : '') +
    `,"name":${textOf(span.name)},"kind":${countOf(span.kind + 1)}` +
    `,"startTimeUnixNano":${timeOf(span.startTime)},"endTimeUnixNano":${timeOf(span.endTime)}` +
    `,"attributes":${attributesOf(span.attributes)},"droppedAttributesCount":${countOf(span.droppedAttributesCount)}` +
    `,"events":[${listOf(span.events, eventOf)}],"droppedEventsCount":${countOf(span.droppedEventsCount)}` +
    `,"links":[${listOf(span.links, linkOf)}],"droppedLinksCount":${countOf(span.droppedLinksCount)}` +
    `,"status":{"code":${countOf(code)}${fieldOf('message', message)}}` +
    `,"flags":${spanFlags(context.traceFlags, parent?.isRemote)}}`
  );
}

const eventOf = ({ time, name, attributes, droppedAttributesCount }: TimedEvent): string =>
  `{"timeUnixNano":${timeOf(time)},"name":${textOf(name)},"attributes":${attributesOf(attributes)}` +
  `,"droppedAttributesCount":${countOf(droppedAttributesCount)}}`;

const linkOf = ({ context, attributes, droppedAttributesCount }: Link): string =>
  `{${contextOf(context)},"attributes":${attributesOf(attributes)}` +
  `,"droppedAttributesCount":${countOf(droppedAttributesCount)}` +
  `,"flags":${spanFlags(context.traceFlags, context.isRemote)}}`;

/** The first fields of a span, and of a link. */
const contextOf = ({ traceId, spanId, traceState }: SpanContext): string =>
  `"traceId":${idOf(traceId, 16)},"spanId":${idOf(spanId, 8)}${fieldOf('traceState', traceState?.serialize())}`;

const listOf = <Item>(items: readonly Item[], encode: (item: Item) => string): string =>
  items.length === 0 ? '' : items.map(encode).join(',');
