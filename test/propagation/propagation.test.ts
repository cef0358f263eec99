import { defaultTextMapGetter, defaultTextMapSetter, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { expect, test, vi } from 'vitest';
import { createPropagator } from '../../src/propagation/propagation.ts';

vi.mock('../../src/chunk.ts', () => import('../support/source-chunks.ts'));

const traceId = '5b8efff798038103d269b633813fc60c';
const spanId = 'eee19b7ec3c1b174';
const local = propagation.setBaggage(
  trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1 }),
  propagation.createBaggage({ user: { value: 'ann' } }),
);

function injected(names: readonly string[]): Record<string, string> {
  const carrier = {};
  createPropagator(names).inject(local, carrier, defaultTextMapSetter);
  return carrier;
}

const FORMATS: readonly (readonly [string, Record<string, string>])[] = [
  ['tracecontext', { traceparent: `00-${traceId}-${spanId}-01` }],
  ['baggage', { baggage: 'user=ann' }],
  ['b3', { b3: `${traceId}-${spanId}-1` }],
  ['b3multi', { 'x-b3-traceid': traceId, 'x-b3-spanid': spanId, 'x-b3-sampled': '1' }],
  ['jaeger', { 'uber-trace-id': `${traceId}:${spanId}:0:01`, 'uberctx-user': 'ann' }],
  ['xray', { 'x-amzn-trace-id': `Root=1-5b8efff7-98038103d269b633813fc60c;Parent=${spanId};Sampled=1` }],
  [
    'ottrace',
    {
      'ot-tracer-traceid': traceId.slice(16),
      'ot-tracer-spanid': spanId,
      'ot-tracer-sampled': 'true',
      'ot-baggage-user': 'ann',
    },
  ],
];

test.each(FORMATS)('%s writes its own headers', (name, headers) => {
  expect(injected([name])).toEqual(headers);
});

test.each(FORMATS.filter(([name]) => name !== 'baggage'))('%s reads what it wrote', (name, headers) => {
  const extracted = createPropagator([name]).extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
  expect(trace.getSpanContext(extracted)).toMatchObject({
    // OpenTracing's header has half of the trace id.
    traceId: name === 'ottrace' ? traceId.slice(16).padStart(32, '0') : traceId,
    spanId,
    traceFlags: 1,
    isRemote: true,
  });
});

test('baggage is read back', () => {
  const extracted = createPropagator(['baggage']).extract(ROOT_CONTEXT, { baggage: 'user=ann' }, defaultTextMapGetter);
  expect(propagation.getBaggage(extracted)?.getEntry('user')?.value).toBe('ann');
});

test('several formats are written at once', () => {
  const expected = Object.assign({}, ...FORMATS.map(([, headers]) => headers));
  expect(injected(FORMATS.map(([name]) => name))).toEqual(expected);
});

test('no format writes nothing and reads nothing', () => {
  expect(injected([])).toEqual({});
  const extracted = createPropagator([]).extract(
    ROOT_CONTEXT,
    { traceparent: `00-${traceId}-${spanId}-01` },
    defaultTextMapGetter,
  );
  expect(trace.getSpanContext(extracted)).toBeUndefined();
});

test.each(FORMATS)('%s meets headers that make no sense without a word and without a parent', (name, headers) => {
  const nonsense = Object.fromEntries(Object.keys(headers).map((key) => [key, '%zz\u0000;;=:-']));
  const extracted = createPropagator([name]).extract(ROOT_CONTEXT, nonsense, defaultTextMapGetter);
  expect(trace.getSpanContext(extracted)).toBeUndefined();
});

test('that a trace id is random does not ask Jaeger to debug', () => {
  const random = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 3 });
  const carrier = {};
  createPropagator(['jaeger', 'b3', 'tracecontext']).inject(random, carrier, defaultTextMapSetter);
  expect(carrier).toEqual({
    'uber-trace-id': `${traceId}:${spanId}:0:01`,
    b3: `${traceId}-${spanId}-1`,
    traceparent: `00-${traceId}-${spanId}-03`,
  });
});

test('nothing of the application’s that throws comes through, and formats do not cost each other', () => {
  const written: string[] = [];
  const thrown = [
    new Error('no'),
    null,
    undefined,
    'text',
    new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    ),
  ];
  for (const what of thrown) {
    const propagator = createPropagator(['tracecontext', 'baggage']);
    propagator.inject(local, undefined, {
      set: (_carrier, key) => {
        if (key === 'traceparent') throw what;
        written.push(key);
      },
    });
    const extracted = propagator.extract(
      ROOT_CONTEXT,
      {},
      {
        keys: () => [],
        get: (_carrier, key) => {
          if (key === 'traceparent') throw what;
          return key === 'baggage' ? 'user=ann' : undefined;
        },
      },
    );
    expect(propagation.getBaggage(extracted)?.getEntry('user')?.value).toBe('ann');
  }
  expect(written).toEqual(thrown.map(() => 'baggage'));
  for (const context of [undefined, null, {}, 5, 'text'] as never[]) {
    const propagator = createPropagator(FORMATS.map(([name]) => name));
    propagator.inject(context, {}, defaultTextMapSetter);
    propagator.inject(local, context, defaultTextMapSetter);
    propagator.inject(local, {}, context);
    expect(propagator.extract(context, {}, defaultTextMapGetter)).toBe(context);
    expect(propagator.extract(local, {}, context)).toBe(local);
  }
});

test('each field is named once', () => {
  expect(createPropagator(['tracecontext', 'baggage', 'tracecontext']).fields()).toEqual([
    'traceparent',
    'tracestate',
    'baggage',
  ]);
});
