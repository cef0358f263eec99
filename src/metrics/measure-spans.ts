/** What is measured of the spans of databases and messages. A chunk of its own: most processes have neither at their start. */
import { SpanKind, type Context, type Meter } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { createDatabases, type DatabaseOptions } from './databases.ts';
import { createMessageMeasurements } from './messages.ts';

export interface SpanMeasurements {
  begin(span: Parameters<SpanProcessor['onStart']>[0], parent: Context): void;
  end(span: ReadableSpan): void;
}

export function createSpanMeasurements(meter: Meter, options: DatabaseOptions): SpanMeasurements {
  const databases = createDatabases(meter, options);
  const measureMessages = createMessageMeasurements(meter);
  return {
    begin: databases.begin,
    end: (span) => (span.kind === SpanKind.CLIENT ? databases.end(span) : measureMessages(span)),
  };
}
