import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { join } from 'node:path';
import { context, SeverityNumber } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { isTracingSuppressed } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import { AggregationTemporality, InstrumentType } from '@opentelemetry/sdk-metrics';
import { afterEach, expect, test, vi } from 'vitest';
import type { OtlpExporterPlan, Protocol } from '../../src/config/pipeline.ts';
import * as diag from '../../src/diag.ts';
import { createLogs } from '../../src/signals/logs.ts';
import { createMetrics } from '../../src/signals/metrics.ts';
import { targetOf } from '../../src/delivery/transport-grpc.ts';
import { createTraces } from '../../src/signals/traces.ts';
import { startCollector, tlsFiles, type Collector, type CollectorOptions } from '../support/collector.ts';
import { run } from '../support/run.ts';
import { batch, delivery, otlp, traces } from '../signals/plans.ts';

vi.mock('../../src/chunk.ts', () => import('../support/source-chunks.ts'));

let collector: Collector;
afterEach(async () => {
  vi.restoreAllMocks();
  await collector.close();
});

const PROTOCOLS: readonly Protocol[] = ['grpc', 'http/protobuf', 'http/json'];

/** One span, one log record and one metric through the whole pipeline. */
async function exportAll(
  protocol: Protocol,
  options: CollectorOptions,
  more: Partial<OtlpExporterPlan>,
): Promise<void> {
  collector = await startCollector(options);
  const plan = (signal: string) =>
    otlp(protocol === 'grpc' ? collector.grpcUrl : `${collector.url}/v1/${signal}`, { protocol, ...more });
  const resource = emptyResource();
  const limits = { attributeCount: 128 };
  const { spanProcessor, logRecordProcessor, metricExporter } = delivery();
  const all = [
    createTraces(traces([batch(plan('traces'))]), resource, [], spanProcessor),
    createLogs({ processors: [batch(plan('logs'))], limits }, resource, [], logRecordProcessor),
    createMetrics(
      { readers: [{ kind: 'periodic', exporter: plan('metrics'), interval: 60_000, timeout: 30_000 }], views: [] },
      resource,
      [],
      metricExporter,
      false,
    ),
  ] as const;
  const [spans, logs, metrics] = all;
  spans.provider
    .getTracer('test', '1.0.0')
    .startSpan('work', { attributes: { 'order.id': 7 } })
    .end();
  logs.provider.getLogger('test').emit({ body: 'said', severityNumber: SeverityNumber.WARN });
  metrics.provider.getMeter('test').createCounter('orders').add(2);
  await Promise.all(all.map((signal) => signal.shutdown()));
}

test.each(PROTOCOLS)('all signals go out by %s, to the right place and as what they are', async (protocol) => {
  await exportAll(protocol, {}, { headers: { 'api-key': 'secret', 'x-list': 'a=b, c' }, compression: 'gzip' });
  expect(collector.spans()).toMatchObject([
    { name: 'work', attributes: { 'order.id': 7 }, scope: { name: 'test', version: '1.0.0' } },
  ]);
  expect(collector.logs()).toMatchObject([{ body: 'said', severityNumber: 13 }]);
  expect(collector.metrics()).toMatchObject([{ name: 'orders', type: 'sum', points: [{ value: 2 }] }]);
  expect(collector.requests.length).toBe(3);
  for (const { protocol: seen, method, headers, compression, path, signal } of collector.requests) {
    expect({ seen, method, compression }).toEqual({ seen: protocol, method: 'POST', compression: 'gzip' });
    expect(headers).toMatchObject({
      'api-key': 'secret',
      'x-list': 'a=b, c',
      'user-agent': expect.stringMatching(/^firstlight\/0\.0\.0-source/),
    });
    expect(path).toBe(protocol === 'grpc' ? SERVICES[signal!] : `/v1/${signal}`);
  }
});

const SERVICES = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
};

test.each(PROTOCOLS)('%s without compression sends plain messages', async (protocol) => {
  await exportAll(protocol, {}, {});
  expect(collector.requests.map((request) => request.compression)).toEqual(['none', 'none', 'none']);
});

test.each(PROTOCOLS)('%s shows its certificate to a collector that asks for one', async (protocol) => {
  const { ca: certificate, clientKey, clientCertificate } = tlsFiles;
  await exportAll(protocol, { tls: 'mutual' }, { certificate, clientKey, clientCertificate });
  expect(collector.requests.map((request) => request.client)).toEqual(Array(3).fill('firstlight-test-client'));
});

test.each(PROTOCOLS)('%s does not talk to a collector whose certificate nobody vouches for', async (protocol) => {
  await expect(exportAll(protocol, { tls: true }, { timeout: 1000 })).rejects.toThrow(/certificate|deadline/i);
  expect(collector.requests).toEqual([]);
});

test.each(PROTOCOLS)(
  '%s says in one line which PEM file is gone, and no throw reaches the application',
  async (protocol) => {
    const warned = vi.spyOn(diag, 'limited').mockImplementation(() => {});
    const certificate = join(import.meta.dirname, 'no-such.pem');
    await expect(exportAll(protocol, { tls: true }, { certificate, timeout: 1000 })).rejects.toThrow(certificate);
    expect(warned.mock.calls.map(([, line]) => line)).toContainEqual(expect.stringContaining(certificate));
    expect(collector.requests).toEqual([]);
  },
);

test('our own exports are not traced, whichever signal they carry', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const suppressed: boolean[] = [];
  const look = (): void => void suppressed.push(isTracingSuppressed(context.active()));
  subscribe('http.client.request.start', look);
  try {
    await exportAll('http/protobuf', {}, {});
  } finally {
    unsubscribe('http.client.request.start', look);
    context.disable();
  }
  expect(suppressed).toEqual([true, true, true]);
});

test('with two exporters, the one that fails does not cut the other off', async () => {
  collector = await startCollector({ status: () => 400 });
  const other = await startCollector({ status: () => 200 });
  try {
    const processors = [collector.url, other.url].map((url) => batch(otlp(`${url}/v1/traces`)));
    const { provider, forceFlush } = createTraces(traces(processors), emptyResource(), [], delivery().spanProcessor);
    provider.getTracer('test').startSpan('work').end();
    await expect(forceFlush()).rejects.toThrow();
    expect(other.spans().map((span) => span.name)).toEqual(['work']);
  } finally {
    await other.close();
  }
});

test.each([
  ['http://collector:4317', false, 'collector:4317', false],
  ['https://collector:4317', true, 'collector:4317', true],
  ['http://collector', false, 'collector:80', false],
  ['http://collector:80', false, 'collector:80', false],
  ['https://collector:443', false, 'collector:443', true],
  ['HTTPS://collector', false, 'collector:443', true],
  ['http://[::1]:4317', false, '[::1]:4317', false],
  ['collector:4317', false, 'collector:4317', true],
  ['collector:4317', true, 'collector:4317', false],
  ['unix:///var/run/otel.sock', true, 'unix:///var/run/otel.sock', false],
])('gRPC to %s, insecure %s, is %s with TLS %s', async (endpoint, insecure, address, tls) => {
  collector = await startCollector();
  expect(targetOf({ endpoint, insecure })).toEqual({ address, tls });
});

const { COUNTER, HISTOGRAM, GAUGE, UP_DOWN_COUNTER, OBSERVABLE_COUNTER, OBSERVABLE_GAUGE, OBSERVABLE_UP_DOWN_COUNTER } =
  InstrumentType;

test.each([
  ['cumulative', []],
  ['delta', [COUNTER, HISTOGRAM, GAUGE, OBSERVABLE_COUNTER, OBSERVABLE_GAUGE]],
  ['lowmemory', [COUNTER, HISTOGRAM]],
] as const)('temporality %s', async (temporality, delta) => {
  collector = await startCollector();
  const exporter = delivery().metricExporter(otlp(`${collector.url}/v1/metrics`, { temporality }));
  const all = [
    COUNTER,
    HISTOGRAM,
    GAUGE,
    UP_DOWN_COUNTER,
    OBSERVABLE_COUNTER,
    OBSERVABLE_GAUGE,
    OBSERVABLE_UP_DOWN_COUNTER,
  ];
  const seen = all.filter((type) => exporter.selectAggregationTemporality?.(type) === AggregationTemporality.DELTA);
  expect(seen.toSorted()).toEqual([...delta].toSorted());
});

test.each(PROTOCOLS)('%s sends exponential histograms and deltas where they are asked for', async (protocol) => {
  collector = await startCollector();
  const exporter = otlp(protocol === 'grpc' ? collector.grpcUrl : `${collector.url}/v1/metrics`, {
    protocol,
    temporality: 'delta',
    histogramAggregation: 'base2_exponential_bucket_histogram',
  });
  const reader = { kind: 'periodic', exporter, interval: 60_000, timeout: 30_000 } as const;
  const { provider, forceFlush, shutdown } = createMetrics(
    { readers: [reader], views: [] },
    emptyResource(),
    [],
    delivery().metricExporter,
    false,
  );
  const meter = provider.getMeter('test');
  meter.createHistogram('latency').record(3);
  meter.createUpDownCounter('queue').add(1);
  await forceFlush();
  await shutdown();
  expect(collector.metrics().slice(0, 2)).toMatchObject([
    { name: 'latency', type: 'exponentialHistogram', temporality: 'delta', points: [{ count: 1, sum: 3 }] },
    { name: 'queue', type: 'sum', temporality: 'cumulative', monotonic: false },
  ]);
});

test.each(PROTOCOLS)('%s lets the process end by itself after an export, without a shutdown', async (protocol) => {
  collector = await startCollector();
  const { code, stderr } = await run(
    [`${import.meta.dirname}/../signals/fixtures/export-and-rest.ts`, protocol, collector.url, collector.grpcUrl],
    {
      flags: ['--import', `${import.meta.dirname}/../support/from-source.mjs`],
      timeout: 8000,
    },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(new Set(collector.requests.map((request) => request.signal))).toEqual(new Set(['logs', 'metrics', 'traces']));
});
