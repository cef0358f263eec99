import type { SpanContext } from '@opentelemetry/api';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { attributesOf, countOf, fieldOf, idOf, timeOf, valueOf } from './json-values.ts';

/** A `LogRecord`. */
export function logOf(log: ReadableLogRecord): string {
  const { severityNumber, spanContext } = log;
  return (
    `{"timeUnixNano":${timeOf(log.hrTime)},"observedTimeUnixNano":${timeOf(log.hrTimeObserved)}` +
    (severityNumber === undefined ? '' : `,"severityNumber":${countOf(severityNumber)}`) +
    fieldOf('severityText', log.severityText) +
    `,"body":${valueOf(log.body)}${fieldOf('eventName', log.eventName)}` +
    `,"attributes":${attributesOf(log.attributes)},"droppedAttributesCount":${countOf(log.droppedAttributesCount)}` +
    `${spanContext === undefined ? '' : contextOf(spanContext)}}`
  );
}

const contextOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `,"flags":${countOf(traceFlags)},"traceId":${idOf(traceId, 16)},"spanId":${idOf(spanId, 8)}`;
