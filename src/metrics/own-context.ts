import { ROOT_CONTEXT, trace, TraceFlags, type Context, type Span } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** The key under which a context holds its span; the API does not tell it. */
let spanKey: symbol | undefined;
trace.getSpan({ ...ROOT_CONTEXT, getValue: (key) => void (spanKey = key) });

let current: ReadableSpan | undefined;

/** One for all: a measurement asks for its span at once, or never. */
const own: Context = {
  getValue: (key) => (key === spanKey ? current : undefined),
  setValue: (key, value) => withCurrent().setValue(key, value),
  deleteValue: (key) => withCurrent().deleteValue(key),
};

const withCurrent = (): Context => trace.setSpan(ROOT_CONTEXT, current as unknown as Span);

/**
 * The context of a measurement that was made of a span, for its exemplar. Good until the next call: a context of its own
 * for each span would cost more than the measurement. Undefined where nobody can look the span up.
 */
export function ownContext(span: ReadableSpan): Context | undefined {
  if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  current = span;
  return own;
}
