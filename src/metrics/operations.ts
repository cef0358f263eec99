/**
 * Metrics that are derived from spans when these end: operations of databases, and messages. So every driver is measured
 * alike, and by the same figures that a trace shows.
 */
import { SpanKind, type Attributes, type MeterProvider } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Component } from '../component.ts';
import type { MetricName } from './catalogue.ts';
import { systemOf } from './database-span.ts';
import { createDatabases, type DatabaseOptions } from './databases.ts';
import { createMessageMeasurements } from './messages.ts';

/** Not of the process, but of what the application does: see src/signals/metrics.ts. */
const SCOPE = 'firstlight/operations';

/** What instrumentations must not measure as well. */
export const DERIVED: ReadonlySet<string> = new Set<MetricName>([
  'db.client.operation.duration',
  'messaging.client.sent.messages',
  'messaging.client.consumed.messages',
  'messaging.process.duration',
]);

/** Whether a span is to be recorded for what is derived of it, sampled or not. */
export const isMeasured = (kind: SpanKind, attributes: Attributes): boolean =>
  kind === SpanKind.CLIENT
    ? systemOf(attributes) !== undefined
    : kind === SpanKind.PRODUCER || kind === SpanKind.CONSUMER;

export function operations(meters: MeterProvider, options: DatabaseOptions): Component {
  const meter = meters.getMeter(SCOPE, FIRSTLIGHT_VERSION);
  const databases = createDatabases(meter, options);
  const measureMessages = createMessageMeasurements(meter);
  return {
    name: 'operations',
    spanProcessors: [
      {
        onStart: databases.begin,
        onEnd(span: ReadableSpan) {
          if (span.kind === SpanKind.CLIENT) databases.end(span);
          else if (span.kind === SpanKind.PRODUCER || span.kind === SpanKind.CONSUMER) measureMessages(span);
        },
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  };
}
