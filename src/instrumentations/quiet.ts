import { context, INVALID_SPAN_CONTEXT, trace, type Span, type Tracer, type TracerProvider } from '@opentelemetry/api';

/**
 * A provider for an instrumentation that cannot be told which spans are noise: a span that would start with one of
 * these values of `attribute` is not made, and what it would hold becomes a child of its parent.
 */
export function withoutNoise(provider: TracerProvider, attribute: string, values: readonly string[]): TracerProvider {
  const isNoise = (value: unknown): boolean => typeof value === 'string' && values.includes(value);
  return {
    getTracer(...scope): Tracer {
      const tracer = provider.getTracer(...scope);
      return {
        startSpan: (name, options, parent = context.active()) =>
          isNoise(options?.attributes?.[attribute])
            ? trace.wrapSpanContext(trace.getSpanContext(parent) ?? INVALID_SPAN_CONTEXT)
            : endingOnce(tracer.startSpan(name, options, parent)),
        startActiveSpan: tracer.startActiveSpan.bind(tracer),
      };
    },
  };
}

/** Restify's are ended by the handler and by what it calls; the SDK would complain about the second. */
function endingOnce(span: Span): Span {
  const { end } = span;
  span.end = (time): void => {
    if (span.isRecording()) end.call(span, time);
  };
  return span;
}
