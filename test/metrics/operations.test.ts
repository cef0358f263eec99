/** What is derived from spans, told by hand-made ones. */
import { SpanKind, SpanStatusCode, trace, context, type Attributes, type Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { AlwaysOffSampler, TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { expect, test, vi } from 'vitest';
import { isMeasured, operations } from '../../src/metrics/operations.ts';
import { ownContext } from '../../src/metrics/own-context.ts';
import { verbOf } from '../../src/metrics/sql.ts';
import { createMeasuringSampler } from '../../src/signals/measuring-sampler.ts';

vi.mock('../../src/chunk.ts', () => import('../support/source-chunks.ts'));

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

function measure(sampler?: AlwaysOffSampler) {
  const reader = new Reader();
  const meters = new MeterProvider({ readers: [reader] });
  const component = operations(meters, { slowQuery: 1000 });
  const ended: ReadableSpan[] = [];
  const keep = {
    onStart() {},
    onEnd: (span: ReadableSpan) => void ended.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const provider = new TracerProvider({
    ...(sampler && { sampler: createMeasuringSampler(sampler, isMeasured) }),
    spanProcessors: [...(component.spanProcessors ?? []), keep],
  });
  const start = (attributes: Attributes, above?: Span, kind = SpanKind.CLIENT, scope = 'own') =>
    provider
      .getTracer(scope)
      .startSpan('span', { kind, attributes }, above ? trace.setSpan(context.active(), above) : undefined);
  const points = async (name: string) => {
    const { resourceMetrics } = await reader.collect();
    const metric = resourceMetrics.scopeMetrics
      .flatMap(({ metrics }) => metrics)
      .find(({ descriptor }) => descriptor.name === name);
    return metric?.dataPoints.map(({ attributes, value }) => ({
      ...attributes,
      count: typeof value === 'number' ? value : (value as { count: number }).count,
    }));
  };
  return { start, points, ended };
}

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

const SQL = { 'db.system': 'sqlite', 'db.name': 'file', 'db.statement': 'select 1', 'net.peer.name': 'here' };

test('spans of the conventions before are read as well, and those of an unknown scope count', async () => {
  const { start, points } = measure();
  start(SQL).end();
  expect(await points('db.client.operation.duration')).toEqual([
    {
      'db.system.name': 'sqlite',
      'db.namespace': 'file',
      'db.operation.name': 'SELECT',
      'server.address': 'here',
      count: 1,
    },
  ]);
});

test('of spans one above the other the innermost counts, whichever ends first', async () => {
  const { start, points } = measure();
  for (const outerFirst of [true, false]) {
    const outer = start({ ...SQL, 'db.name': 'outer' });
    const inner = start(SQL, outer);
    for (const span of outerFirst ? [outer, inner] : [inner, outer]) span.end();
  }
  expect(await points('db.client.operation.duration')).toMatchObject([{ 'db.namespace': 'file', count: 2 }]);
});

test('a client span of no database, and one of its kind inside, count nothing', async () => {
  const { start, points } = measure();
  start({ 'server.address': 'here' }).end();
  start(SQL, undefined, SpanKind.INTERNAL).end();
  expect(await points('db.client.operation.duration')).toBeUndefined();
});

test.each([
  ['a code of the span', { 'error.type': 'TimeoutError' }, undefined, 'TimeoutError'],
  ['the code of the answer', { 'error.type': 'RequestError', 'db.response.status_code': '1205' }, undefined, '1205'],
  ['the exception', {}, Object.assign(new Error('no'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  ['the class', {}, new RangeError('no'), 'RangeError'],
  ['what is no type', {}, Object.assign(new Error('no'), { code: 'key 17 of user 4711' }), '_OTHER'],
  ['nothing', {}, undefined, '_OTHER'],
])('error.type: %s', async (_what, attributes, error, type) => {
  const { start, points } = measure();
  const span = start({ ...SQL, ...attributes });
  if (error !== undefined) span.recordException(error);
  span.setStatus({ code: SpanStatusCode.ERROR }).end();
  expect(await points('db.client.operation.duration')).toMatchObject([{ 'error.type': type }]);
});

test('a suspect is counted once, and below each span anew', async () => {
  const { start, points } = measure(new AlwaysOffSampler());
  for (let request = 0; request < 2; request++) {
    const above = start({}, undefined, SpanKind.SERVER);
    for (let i = 0; i < 25; i++) {
      start(SQL, above).end();
      start({ ...SQL, 'db.statement': `select ${i}` }, above).end();
    }
    above.end();
  }
  for (let i = 0; i < 25; i++) start(SQL).end();
  expect(await points('firstlight.db.n_plus_one')).toMatchObject([{ count: 2 }]);
});

test('below one span only so many statements are told apart', async () => {
  const { start, points } = measure();
  const above = start({}, undefined, SpanKind.SERVER);
  for (let i = 0; i < 5000; i++) start({ ...SQL, 'db.statement': `select ${i % 500}` }, above).end();
  expect(await points('firstlight.db.n_plus_one')).toMatchObject([{ count: 101 }]);
});

test('what is not sampled is measured without the flag, and what is below it is not sampled either', async () => {
  const { start, points, ended } = measure(new AlwaysOffSampler());
  const above = start({}, undefined, SpanKind.SERVER);
  expect(above.isRecording()).toBe(false);
  const span = start(SQL, above);
  expect(span.isRecording()).toBe(true);
  expect(span.spanContext()).toMatchObject({ traceFlags: 0, traceId: above.spanContext().traceId });
  expect(start({}, span).isRecording()).toBe(false);
  span.end();
  expect(ended).toHaveLength(1);
  expect(await points('db.client.operation.duration')).toMatchObject([{ count: 1 }]);
});

test('a measurement knows its span, where that is sampled', () => {
  const { start, ended } = measure();
  start(SQL).end();
  const [span] = ended as [ReadableSpan];
  const own = ownContext(span);
  expect(own && trace.getSpanContext(own)).toBe(span.spanContext());
  const key = Symbol('key');
  expect(own?.getValue(key)).toBeUndefined();
  const further = own?.setValue(key, 1);
  expect([further?.getValue(key), further && trace.getSpanContext(further)]).toEqual([1, span.spanContext()]);
  const unsampled = measure(new AlwaysOffSampler());
  unsampled.start(SQL).end();
  expect(ownContext(unsampled.ended[0] as ReadableSpan)).toBeUndefined();
});

test('a batch counts its messages', async () => {
  const { start, points } = measure();
  const batch = { 'messaging.system': 'kafka', 'messaging.destination.name': 'a', 'messaging.batch.message_count': 7 };
  start(batch, undefined, SpanKind.CONSUMER).end();
  start({ 'messaging.system': 'sqs' }, undefined, SpanKind.PRODUCER).end();
  expect(await points('messaging.client.consumed.messages')).toMatchObject([{ count: 7 }]);
  expect(await points('messaging.process.duration')).toMatchObject([{ count: 1 }]);
  expect(await points('messaging.client.sent.messages')).toMatchObject([
    { 'messaging.system': 'sqs', 'messaging.operation.name': 'send', count: 1 },
  ]);
});

test.each([
  ['SELECT 1', 'SELECT'],
  ['  \n(select 1) union (select 2)', 'SELECT'],
  ['With x as (select 1) select * from x', 'WITH'],
  ['/* a */ -- b\n/* c */ insert into t values (1)', 'INSERT'],
  ['COMMIT', 'COMMIT'],
  ['begin;', 'BEGIN'],
  ['update_stock', undefined],
  ['sp_who', undefined],
  ['{"find":"?"}', undefined],
  ['/* without an end', undefined],
  ['', undefined],
  [`${'/**/'.repeat(50_000)}x`, undefined],
])('the verb of %j', (statement, verb) => {
  expect(verbOf(statement)).toBe(verb);
});
