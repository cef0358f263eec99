import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { afterEach, expect, test, vi } from 'vitest';
import type { OtlpExporterPlan } from '../../src/config/pipeline.ts';
import { createTraces } from '../../src/signals/traces.ts';
import { startCollector, type Collector } from '../support/collector.ts';
import { spansOf } from '../support/otlp.ts';
import { batch, delivery, otlp, traces } from './plans.ts';

const toOtlp = () => delivery().spanProcessor;

vi.mock('../../src/chunk.ts', () => import('../support/source-chunks.ts'));

let collector: Collector | undefined;
afterEach(async () => {
  await collector?.close();
  collector = undefined;
});

const resource = resourceFromAttributes({ 'service.name': 'shop' });

/** A processor that keeps what ends. */
function keeping(onEnding?: (span: Parameters<NonNullable<SpanProcessor['onEnding']>>[0]) => void) {
  const ended: ReadableSpan[] = [];
  const processor: SpanProcessor = {
    onStart: () => {},
    ...(onEnding && { onEnding }),
    onEnd: (span) => void ended.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  return { ended, part: { name: 'test', spanProcessors: [processor] } };
}

test('without an exporter there are spans all the same, and other parts see them', () => {
  const { ended, part } = keeping();
  const { provider } = createTraces(traces([]), resource, [part], toOtlp());
  const span = provider.getTracer('test').startSpan('work');
  expect(span.isRecording()).toBe(true);
  span.end();
  expect(ended.map((kept) => [kept.name, kept.resource.attributes])).toEqual([['work', { 'service.name': 'shop' }]]);
});

test('limits are those of the plan', () => {
  const { ended, part } = keeping();
  const limits = {
    attributeCount: 2,
    attributeValueLength: 3,
    eventCount: 1,
    linkCount: 1,
    attributesPerEvent: 1,
    attributesPerLink: 1,
  };
  const { provider } = createTraces(traces([], { limits }), resource, [part], toOtlp());
  const other = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 };
  const link = { context: other, attributes: { a: 1, b: 2 } };
  const span = provider
    .getTracer('test')
    .startSpan('work', { attributes: { a: 'abcdef', b: 1, c: 2 }, links: [link, link] });
  // The oldest event makes room.
  span.addEvent('one').addEvent('two', { a: 1, b: 2 }).end();
  expect(ended[0]).toMatchObject({
    attributes: { a: 'abc', b: 1 },
    droppedAttributesCount: 1,
    droppedEventsCount: 1,
    droppedLinksCount: 1,
  });
  expect(ended[0]?.events.map((event) => event.attributes)).toEqual([{ a: 1 }]);
  expect(ended[0]?.links.map((kept) => kept.attributes)).toEqual([{ a: 1 }]);
});

test('the processors of other parts change a span before it is exported', async () => {
  collector = await startCollector();
  const { part } = keeping((span) => span.setAttribute('card', '***'));
  const { provider, shutdown } = createTraces(
    traces([batch(otlp(`${collector.url}/v1/traces`))]),
    resource,
    [part],
    toOtlp(),
  );
  provider
    .getTracer('test')
    .startSpan('pay', { attributes: { card: '4111' } })
    .end();
  await shutdown();
  expect(collector.spans().map((span) => span.attributes)).toEqual([{ card: '***' }]);
});

test('batches and the queue are as large as the plan says', async () => {
  collector = await startCollector();
  const plan = { ...batch(otlp(`${collector.url}/v1/traces`)), maxExportBatchSize: 3, maxQueueSize: 7 };
  const { provider, shutdown } = createTraces(traces([plan]), resource, [], toOtlp());
  for (let i = 0; i < 20; i++) provider.getTracer('test').startSpan(`${i}`).end();
  await shutdown();
  // Nothing leaves while the application is at work: seven spans wait, the others find the queue full.
  expect(collector.requests.map(({ payload }) => spansOf(payload).length).toSorted((a, b) => a - b)).toEqual([1, 3, 3]);
});

async function exported(exporter: OtlpExporterPlan, exportTimeout: number): Promise<void> {
  const { provider, forceFlush } = createTraces(
    traces([{ ...batch(exporter), exportTimeout }]),
    resource,
    [],
    toOtlp(),
  );
  provider.getTracer('test').startSpan('work').end();
  await forceFlush();
}

test('an attempt that is not answered ends after the time the plan allows', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/v1/traces`;
  try {
    // The processor's limit, and the exporter's.
    await expect(exported(otlp(endpoint, { timeout: 3000 }), 50)).rejects.toThrow('no answer within 50 ms');
    await expect(exported(otlp(endpoint, { timeout: 60 }), 30_000)).rejects.toThrow('no answer within 60 ms');
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});

test('a simple processor exports each span at its end', async () => {
  collector = await startCollector();
  const { provider } = createTraces(
    traces([{ kind: 'simple', exporter: otlp(`${collector.url}/v1/traces`) }]),
    resource,
    [],
    toOtlp(),
  );
  provider.getTracer('test').startSpan('work').end();
  expect((await collector.waitForSpans(1)).map((span) => span.name)).toEqual(['work']);
});

test('the console exporter prints spans', () => {
  const printed = vi.spyOn(console, 'dir').mockImplementation(() => {});
  const { provider } = createTraces(
    traces([{ kind: 'simple', exporter: { kind: 'console' } }]),
    resource,
    [],
    toOtlp(),
  );
  provider.getTracer('test').startSpan('work').end();
  expect(printed.mock.calls[0]?.[0]).toMatchObject({ name: 'work' });
  printed.mockRestore();
});
