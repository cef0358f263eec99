import {
  isSpanContextValid,
  trace,
  type Context,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { TraceState } from './trace-state.ts';

const TRACEPARENT = 'traceparent';
const TRACESTATE = 'tracestate';

/** Of any version: what a later one adds comes after these fields. */
const FIELDS = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-|$)/;
const LENGTH = 55;

/** Sampled, and random trace id: no other flag has a meaning yet, and what has none must not be sent. */
const KNOWN_FLAGS = 0b11;

/** https://www.w3.org/TR/trace-context-2/ */
export const traceContext: TextMapPropagator = {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const spanContext = trace.getSpanContext(context);
    if (spanContext === undefined || isTracingSuppressed(context) || !isSpanContextValid(spanContext)) return;
    const { traceId, spanId, traceFlags, traceState } = spanContext;
    setter.set(carrier, TRACEPARENT, `00-${traceId}-${spanId}-0${traceFlags & KNOWN_FLAGS}`);
    const list = traceState?.serialize();
    if (list) setter.set(carrier, TRACESTATE, list);
  },

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const given = getter.get(carrier, TRACEPARENT);
    if (given === undefined) return context;
    const spanContext = parse(given);
    if (spanContext === undefined) return context;
    const list = getter.get(carrier, TRACESTATE);
    if (list !== undefined) spanContext.traceState = new TraceState(String(list));
    return trace.setSpanContext(context, spanContext);
  },

  fields: () => [TRACEPARENT, TRACESTATE],
};

/** Of several headers nobody knows which one is meant: a list is none, unless it has one alone. */
function parse(given: string | string[]): SpanContext | undefined {
  const header = String(given).trim();
  if (!FIELDS.test(header) || (header.length > LENGTH && header.startsWith('00'))) return undefined;
  return {
    traceId: header.slice(3, 35),
    spanId: header.slice(36, 52),
    traceFlags: parseInt(header.slice(53, LENGTH), 16) & KNOWN_FLAGS,
    isRemote: true,
  };
}
