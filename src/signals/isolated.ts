/**
 * The SDK calls processors one after the other: one that throws would cost those behind it what ends, and go on into the
 * application.
 */
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { withoutThrowing } from '../without-throwing.ts';
import type { Ending } from './processors.ts';

export function isolatedSpanProcessor(name: string, processor: SpanProcessor): SpanProcessor {
  const failure = `${name} failed with a span`;
  const onStart: SpanProcessor['onStart'] = (span, context) => processor.onStart(span, context);
  const onEnding: SpanProcessor['onEnding'] = (span) => processor.onEnding?.(span);
  const onEnd: SpanProcessor['onEnd'] = (span) => processor.onEnd(span);
  return {
    onStart: (span, context) => withoutThrowing(failure, onStart, span, context),
    // The SDK asks whether there is one.
    ...(processor.onEnding && { onEnding: (span) => withoutThrowing(failure, onEnding, span) }),
    onEnd: (span) => withoutThrowing(failure, onEnd, span),
    ...endingOf(processor),
  };
}

export function isolatedLogRecordProcessor(name: string, processor: LogRecordProcessor): LogRecordProcessor {
  const failure = `${name} failed with a log record`;
  const onEmit: LogRecordProcessor['onEmit'] = (record, context) => processor.onEmit(record, context);
  return {
    onEmit: (record, context) => withoutThrowing(failure, onEmit, record, context),
    ...(processor.enabled && {
      enabled(options) {
        // Who cannot say whether it wants a record gets it.
        let isEnabled = true;
        withoutThrowing(failure, () => {
          isEnabled = processor.enabled?.(options) ?? true;
        });
        return isEnabled;
      },
    }),
    ...endingOf(processor),
  };
}

/** What is thrown becomes a rejection. */
const endingOf = (processor: Ending): Ending => ({
  forceFlush: async () => processor.forceFlush(),
  shutdown: async () => processor.shutdown(),
});
