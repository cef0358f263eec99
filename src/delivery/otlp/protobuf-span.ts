import type { Link, SpanStatus } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { writeAttributes, writeCount, writeFlags, writeId, writeText, writeTime } from './protobuf-values.ts';
import type { ProtobufWriter } from './protobuf-writer.ts';
import { spanFlags } from './span-flags.ts';

/** The fields of a `Span`. */
export function writeSpan(writer: ProtobufWriter, span: ReadableSpan): void {
  const context = span.spanContext();
  const parent = span.parentSpanContext;
  const traceState = context.traceState?.serialize();
  writeId(writer, 1, context.traceId, 16);
  writeId(writer, 2, context.spanId, 8);
  if (traceState) writeText(writer, 3, traceState);
  if (parent?.spanId) writeId(writer, 4, parent.spanId, 8);
  writeText(writer, 5, span.name);
  writeCount(writer, 6, span.kind + 1);
  writeTime(writer, 7, span.startTime);
  writeTime(writer, 8, span.endTime);
  writeAttributes(writer, 9, span.attributes);
  writeCount(writer, 10, span.droppedAttributesCount);
  for (const event of span.events) writeEvent(writer, event);
  writeCount(writer, 12, span.droppedEventsCount);
  for (const link of span.links) writeLink(writer, link);
  writeCount(writer, 14, span.droppedLinksCount);
  writeStatus(writer, span.status);
  writeFlags(writer, 16, spanFlags(context.traceFlags, parent?.isRemote));
}

function writeEvent(writer: ProtobufWriter, { time, name, attributes, droppedAttributesCount }: TimedEvent): void {
  writer.writeTag(11, 2);
  const at = writer.begin();
  writeTime(writer, 1, time);
  writeText(writer, 2, name);
  writeAttributes(writer, 3, attributes);
  writeCount(writer, 4, droppedAttributesCount ?? 0);
  writer.end(at);
}

function writeLink(writer: ProtobufWriter, { context, attributes, droppedAttributesCount }: Link): void {
  const traceState = context.traceState?.serialize();
  writer.writeTag(13, 2);
  const at = writer.begin();
  writeId(writer, 1, context.traceId, 16);
  writeId(writer, 2, context.spanId, 8);
  if (traceState) writeText(writer, 3, traceState);
  writeAttributes(writer, 4, attributes);
  writeCount(writer, 5, droppedAttributesCount ?? 0);
  writeFlags(writer, 6, spanFlags(context.traceFlags, context.isRemote));
  writer.end(at);
}

function writeStatus(writer: ProtobufWriter, { code, message }: SpanStatus): void {
  writer.writeTag(15, 2);
  const at = writer.begin();
  if (message) writeText(writer, 2, message);
  writeCount(writer, 3, code);
  writer.end(at);
}
