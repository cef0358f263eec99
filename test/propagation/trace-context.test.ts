import { defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT, trace, type SpanContext } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { expect, test } from 'vitest';
import { traceContext } from '../../src/propagation/trace-context.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const header = `00-${traceId}-${spanId}-01`;

const extracted = (carrier: object): SpanContext | undefined =>
  trace.getSpanContext(traceContext.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter));

function injected(spanContext: SpanContext, context = ROOT_CONTEXT): object {
  const carrier = {};
  traceContext.inject(trace.setSpanContext(context, spanContext), carrier, defaultTextMapSetter);
  return carrier;
}

test('a context with no header is the one that was given', () => {
  expect(traceContext.extract(ROOT_CONTEXT, {}, defaultTextMapGetter)).toBe(ROOT_CONTEXT);
  expect(traceContext.extract(ROOT_CONTEXT, { traceparent: 'no', tracestate: 'a=1' }, defaultTextMapGetter)).toBe(
    ROOT_CONTEXT,
  );
});

test('what comes is a remote span context', () => {
  expect(extracted({ traceparent: header })).toEqual({ traceId, spanId, traceFlags: 1, isRemote: true });
});

test('carriers with lists of values', () => {
  const { traceState, ...rest } = extracted({ traceparent: [header], tracestate: ['a=1', 'b=2'] })!;
  expect(rest).toEqual({ traceId, spanId, traceFlags: 1, isRemote: true });
  expect(traceState!.serialize()).toBe('a=1,b=2');
  expect(extracted({ traceparent: [header, header] })).toBeUndefined();
  expect(extracted({ traceparent: [] })).toBeUndefined();
});

test('carriers with bytes, and with what is no header', () => {
  expect(extracted({ traceparent: Buffer.from(header) })).toMatchObject({ traceId, spanId });
  for (const traceparent of [null, 1, {}, true, `${header}\n-`]) expect(extracted({ traceparent })).toBeUndefined();
});

test('flags that have no meaning yet are not kept', () => {
  expect(extracted({ traceparent: `00-${traceId}-${spanId}-ff` })!.traceFlags).toBe(3);
  expect(injected({ traceId, spanId, traceFlags: 0xfe })).toEqual({ traceparent: `00-${traceId}-${spanId}-02` });
});

test('nothing is sent of a span that is none, nor where nothing is traced', () => {
  expect(injected({ traceId: '0'.repeat(32), spanId, traceFlags: 1 })).toEqual({});
  expect(injected({ traceId, spanId, traceFlags: 1 }, suppressTracing(ROOT_CONTEXT))).toEqual({});
});

test('its fields', () => {
  expect(traceContext.fields()).toEqual(['traceparent', 'tracestate']);
});
