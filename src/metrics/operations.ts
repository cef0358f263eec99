/**
 * Metrics that are derived from spans when these end: operations of databases, and messages. So every driver is measured
 * alike, and by the same figures that a trace shows.
 */
import { SpanKind, type Attributes, type MeterProvider } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { loadChunk } from '../chunk.ts';
import type { Component } from '../component.ts';
import type { MetricName } from './catalogue.ts';
import type { DatabaseOptions } from './databases.ts';
import type { SpanMeasurements } from './measure-spans.ts';
import { systemOf } from './system-of.ts';

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
  let measurements: SpanMeasurements | undefined;
  const load = (): SpanMeasurements =>
    (measurements ??= loadChunk<typeof import('./measure-spans.ts')>('measure-spans').createSpanMeasurements(
      meters.getMeter(SCOPE, FIRSTLIGHT_VERSION),
      options,
    ));
  return {
    name: 'operations',
    spanProcessors: [
      {
        onStart(span, parent) {
          if (isMeasured(span.kind, span.attributes)) load().begin(span, parent);
        },
        onEnd(span: ReadableSpan) {
          // A worker thread has measured its own: what comes from there is a span's data, which has no end.
          if ('end' in span && isMeasured(span.kind, span.attributes)) load().end(span);
        },
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  };
}
