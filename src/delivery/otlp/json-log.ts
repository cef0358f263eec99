import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { attributesOf, countOf, idOf, optionalTextOf, timeOf, valueOf, type Message } from './json-values.ts';

/** A `LogRecord`. */
export function logMessage(log: ReadableLogRecord): Message {
  const { severityNumber, spanContext } = log;
  return {
    timeUnixNano: timeOf(log.hrTime),
    observedTimeUnixNano: timeOf(log.hrTimeObserved),
    severityNumber: severityNumber === undefined ? undefined : countOf(severityNumber),
    severityText: optionalTextOf(log.severityText),
    body: valueOf(log.body),
    eventName: optionalTextOf(log.eventName),
    attributes: attributesOf(log.attributes),
    droppedAttributesCount: countOf(log.droppedAttributesCount),
    flags: spanContext && countOf(spanContext.traceFlags),
    traceId: spanContext && idOf(spanContext.traceId, 16),
    spanId: spanContext && idOf(spanContext.spanId, 8),
  };
}
