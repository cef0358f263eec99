import type { AnyValue } from '@opentelemetry/api';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import {
  writeAttributes,
  writeCount,
  writeFlags,
  writeId,
  writeText,
  writeTime,
  writeValue,
} from './protobuf-values.ts';
import type { ProtobufWriter } from './protobuf-writer.ts';

/** The fields of a `LogRecord`. */
export function writeLog(writer: ProtobufWriter, log: ReadableLogRecord): void {
  const { severityNumber, severityText, body, spanContext, eventName } = log;
  writeTime(writer, 1, log.hrTime);
  if (severityNumber) writeCount(writer, 2, severityNumber);
  if (severityText) writeText(writer, 3, severityText);
  if (body !== undefined) writeBody(writer, body);
  writeAttributes(writer, 6, log.attributes);
  writeCount(writer, 7, log.droppedAttributesCount);
  if (spanContext?.traceFlags) writeFlags(writer, 8, spanContext.traceFlags);
  if (spanContext?.traceId) writeId(writer, 9, spanContext.traceId, 16);
  if (spanContext?.spanId) writeId(writer, 10, spanContext.spanId, 8);
  writeTime(writer, 11, log.hrTimeObserved);
  if (eventName) writeText(writer, 12, eventName);
}

function writeBody(writer: ProtobufWriter, body: AnyValue): void {
  writer.writeTag(5, 2);
  const at = writer.begin();
  writeValue(writer, body);
  writer.end(at);
}
