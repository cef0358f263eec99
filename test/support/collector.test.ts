import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { SimpleSpanProcessor, TracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace';
import { afterEach, expect, test } from 'vitest';
import { startCollector, type Collector } from './collector.ts';

let collector: Collector;
afterEach(() => collector.close());

/** One span with everything in it through an exporter of upstream's. */
async function send(exporter: SpanExporter): Promise<void> {
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const span = provider.getTracer('test', '1.0.0').startSpan('work', {
    kind: SpanKind.CLIENT,
    attributes: { text: 'a', whole: 7, part: 0.5, yes: true, list: ['a', 'b'] },
    links: [{ context: { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }, attributes: { why: 'x' } }],
  });
  span.addEvent('happened', { at: 1 }).setStatus({ code: SpanStatusCode.ERROR, message: 'broken' }).end();
  await provider.forceFlush().catch(() => {});
  await provider.shutdown();
}

const EXPECTED = {
  name: 'work',
  kind: 'client',
  traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
  spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
  parentSpanId: '',
  attributes: { text: 'a', whole: 7, part: 0.5, yes: true, list: ['a', 'b'] },
  status: { code: 'error', message: 'broken' },
  events: [{ name: 'happened', attributes: { at: 1 } }],
  links: [{ traceId: '1'.repeat(32), spanId: '2'.repeat(16), attributes: { why: 'x' } }],
  scope: { name: 'test', version: '1.0.0' },
  resource: { 'telemetry.sdk.language': 'nodejs' },
};

test.each(['http/json', 'grpc'] as const)('a span that came by %s can be read', async (protocol) => {
  collector = await startCollector();
  const { url, grpcUrl } = collector;
  await send(protocol === 'grpc' ? new GrpcExporter({ url: grpcUrl }) : new JsonExporter({ url: `${url}/v1/traces` }));
  expect(await collector.waitForSpans(1)).toMatchObject([EXPECTED]);
  expect(collector.requests).toMatchObject([{ protocol, signal: 'traces', method: 'POST' }]);
  const [span] = collector.spans();
  expect(span!.end).toBeGreaterThanOrEqual(span!.start);
});

test('waiting for what does not come ends, and says what came', async () => {
  collector = await startCollector();
  await send(new JsonExporter({ url: `${collector.url}/v1/traces` }));
  await expect(collector.waitForSpans(2, 50)).rejects.toThrow(
    /not within 50 ms; received: POST \/v1\/traces .*spans: work/,
  );
});

test('it can answer with errors', async () => {
  collector = await startCollector({ status: (index) => (index === 0 ? 400 : 200) });
  const answer = await fetch(`${collector.url}/v1/traces`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(400);
  const second = await fetch(`${collector.url}/v1/traces`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  });
  expect(second.status).toBe(200);
});

test('what is not OTLP is refused', async () => {
  collector = await startCollector();
  const answer = await fetch(`${collector.url}/v1/traces`, {
    method: 'POST',
    body: 'nonsense',
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(400);
  expect(collector.requests).toEqual([]);
});
