/** What is sent, delivered and processed, as the spans of producers and consumers tell of it. */
import { SpanKind, type Attributes, type Counter, type Histogram, type Meter } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { createSeries } from '../series.ts';
import { errorTypeOf } from './error-type.ts';
import { counter, histogram } from './instrument.ts';
import { messagesOf, type Messages } from './message-span.ts';
import { ownContext } from './own-context.ts';

/** Takes the spans of producers and consumers when they end. */
export function createMessageMeasurements(meter: Meter): (span: ReadableSpan) => void {
  let sent: Counter | undefined;
  let consumed: Counter | undefined;
  let processed: Histogram | undefined;
  const seriesOf = createSeries(attributesOf);

  return (span) => {
    const messages = messagesOf(span);
    if (messages === undefined || messages.count === 0) return;
    const outcome = { ...messages, errorType: errorTypeOf(span) };
    const attributes = seriesOf(textOf(outcome), outcome);
    const context = ownContext(span);
    if (span.kind === SpanKind.PRODUCER) {
      sent ??= counter(meter, 'messaging.client.sent.messages');
      return sent.add(messages.count, attributes, context);
    }
    consumed ??= counter(meter, 'messaging.client.consumed.messages');
    consumed.add(messages.count, attributes, context);
    const [seconds, nanoseconds] = span.duration;
    processed ??= histogram(meter, 'messaging.process.duration');
    processed.record(seconds + nanoseconds / 1e9, attributes, context);
  };
}

interface Outcome extends Messages {
  readonly errorType: string | undefined;
}

const textOf = ({ system, destination, operation, errorType }: Outcome): string =>
  `${system}\n${destination}\n${operation}\n${errorType}`;

function attributesOf({ system, destination, operation, errorType }: Outcome): Attributes {
  const attributes: Attributes = { 'messaging.system': system };
  if (destination !== undefined) attributes['messaging.destination.name'] = destination;
  if (operation !== undefined) attributes['messaging.operation.name'] = operation;
  if (errorType !== undefined) attributes['error.type'] = errorType;
  return attributes;
}
