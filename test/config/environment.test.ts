import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { LONGEST } from '../../src/config/rules.ts';
import type { OtlpExporterPlan, Pipeline } from '../../src/config/pipeline.ts';
import { loadInTest } from './load-in-test.ts';

const folder = mkdtempSync(join(tmpdir(), 'firstlight-environment-'));
afterAll(() => rmSync(folder, { recursive: true }));
const pem = join(folder, 'a.pem');
writeFileSync(pem, '-----BEGIN CERTIFICATE-----\n');

type Env = Record<string, string>;

function pipeline(env: Env): Pipeline {
  const { config, problems } = loadInTest(env);
  expect(problems).toEqual([]);
  return config.pipeline;
}

function exporters({ traces, metrics, logs }: Pipeline): OtlpExporterPlan[] {
  const [reader] = metrics.readers;
  const plans = [
    traces.processors[0]?.exporter,
    reader?.kind === 'periodic' ? reader.exporter : undefined,
    logs.processors[0]?.exporter,
  ];
  return plans.map((plan) => plan as OtlpExporterPlan);
}

const endpoints = (env: Env): string[] => exporters(pipeline(env)).map(({ endpoint }) => endpoint);

test('without a variable everything goes by OTLP to the collector on this host', () => {
  const { traces, metrics, logs, propagators } = pipeline({});
  const otlp = {
    kind: 'otlp',
    protocol: 'http/protobuf',
    headers: {},
    timeout: 10_000,
    compression: 'none',
    insecure: false,
  };
  expect(propagators).toEqual(['tracecontext', 'baggage']);
  expect(traces).toEqual({
    processors: [
      {
        kind: 'batch',
        exporter: { ...otlp, endpoint: 'http://localhost:4318/v1/traces' },
        scheduleDelay: 5000,
        exportTimeout: 30_000,
        maxExportBatchSize: 512,
      },
    ],
    sampler: { kind: 'parentbased', root: { kind: 'always_on' } },
    limits: { attributeCount: 128, eventCount: 128, linkCount: 128, attributesPerEvent: 128, attributesPerLink: 128 },
  });
  const metricExporter = { temporality: 'cumulative', histogramAggregation: 'explicit_bucket_histogram' };
  expect(metrics).toEqual({
    readers: [
      {
        kind: 'periodic',
        exporter: { ...otlp, ...metricExporter, endpoint: 'http://localhost:4318/v1/metrics' },
        interval: 60_000,
        timeout: 30_000,
      },
      { kind: 'prometheus', port: 9464, withoutTargetInfo: false },
    ],
    views: [],
  });
  expect(logs.processors[0]).toMatchObject({ kind: 'batch', scheduleDelay: 1000 });
});

test.each<[string, Env, string[]]>([
  [
    'the general endpoint is a base',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c:1/base' },
    ['https://c:1/base/v1/traces', 'https://c:1/base/v1/metrics', 'https://c:1/base/v1/logs'],
  ],
  [
    'a slash at its end changes nothing, a query stays',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c/?k=v' },
    ['http://c/v1/traces?k=v', 'http://c/v1/metrics?k=v', 'http://c/v1/logs?k=v'],
  ],
  [
    'the endpoint of a signal is used as it stands',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://m:9/x' },
    ['http://c/v1/traces', 'http://m:9/x', 'http://c/v1/logs'],
  ],
  [
    'gRPC takes no path',
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c:4317' },
    ['https://c:4317', 'https://c:4317', 'https://c:4317'],
  ],
  [
    'gRPC takes host:port',
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: 'c:4317' },
    ['c:4317', 'c:4317', 'c:4317'],
  ],
  [
    'each signal may have its protocol',
    { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' },
    ['http://localhost:4317', 'http://localhost:4318/v1/metrics', 'http://localhost:4318/v1/logs'],
  ],
])('%s', (_title, env, expected) => {
  expect(endpoints(env)).toEqual(expected);
});

test('headers of a signal are added to the general ones and beat them', () => {
  const plans = exporters(
    pipeline({ OTEL_EXPORTER_OTLP_HEADERS: 'a=1,b=2', OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=3,c=4' }),
  );
  expect(plans.map(({ headers }) => headers)).toEqual([
    { a: '1', b: '3', c: '4' },
    { a: '1', b: '2' },
    { a: '1', b: '2' },
  ]);
});

test('timeout, compression and certificates are those of the signal, else the general ones', () => {
  const [traces, metrics] = exporters(
    pipeline({
      OTEL_EXPORTER_OTLP_TIMEOUT: '0',
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '7',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'none',
      OTEL_EXPORTER_OTLP_CERTIFICATE: pem,
      OTEL_EXPORTER_OTLP_CLIENT_KEY: pem,
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: pem,
    }),
  );
  expect(traces).toMatchObject({
    timeout: 7,
    compression: 'none',
    certificate: pem,
    clientKey: pem,
    clientCertificate: pem,
  });
  expect(metrics).toMatchObject({ timeout: LONGEST, compression: 'gzip' });
});

test('a client key without its certificate is one line, and neither is used', () => {
  const { config, problems } = loadInTest({ OTEL_EXPORTER_OTLP_CLIENT_KEY: pem });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain('OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE is missing, using no client certificate');
  expect(exporters(config.pipeline)[0]).not.toHaveProperty('clientKey');
});

test.each<[Env, Pipeline['traces']['sampler']]>([
  [{ OTEL_TRACES_SAMPLER: 'always_off' }, { kind: 'always_off' }],
  [{ OTEL_TRACES_SAMPLER: 'traceidratio' }, { kind: 'traceidratio', ratio: 1 }],
  [
    { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' },
    { kind: 'parentbased', root: { kind: 'traceidratio', ratio: 0.25 } },
  ],
  [
    { OTEL_TRACES_SAMPLER: 'parentbased_consistent_probability', OTEL_TRACES_SAMPLER_ARG: '.1' },
    { kind: 'parentbased', root: { kind: 'consistent_probability', ratio: 0.1 } },
  ],
  [
    { OTEL_TRACES_SAMPLER: 'rate_limiting', OTEL_TRACES_SAMPLER_ARG: '2.5' },
    { kind: 'rate_limiting', perSecond: 2.5 },
  ],
  [
    {
      OTEL_TRACES_SAMPLER: 'jaeger_remote',
      OTEL_TRACES_SAMPLER_ARG: 'endpoint=http://j:5778,pollingIntervalMs=5000,initialSamplingRate=0.25',
    },
    { kind: 'jaeger_remote', endpoint: 'http://j:5778', pollingInterval: 5000, initialRatio: 0.25 },
  ],
  [
    { OTEL_TRACES_SAMPLER: 'xray', OTEL_TRACES_SAMPLER_ARG: 'endpoint=http://x:2000,polling_interval=360' },
    { kind: 'xray', endpoint: 'http://x:2000', pollingInterval: 360_000 },
  ],
])('%j plans its sampler', (env, sampler) => {
  expect(pipeline(env).traces.sampler).toEqual(sampler);
});

test('limits of a signal beat the general ones, and the earlier names still count', () => {
  const { traces, logs } = pipeline({
    OTEL_ATTRIBUTE_COUNT_LIMIT: '10',
    OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '20',
    OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '0',
    OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: '30',
    OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT: '4',
    OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '5',
    OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT: '6',
  });
  expect(traces.limits).toMatchObject({
    attributeCount: 0,
    attributeValueLength: 20,
    attributesPerEvent: 4,
    attributesPerLink: 5,
  });
  expect(logs.limits).toEqual({ attributeCount: 10, attributeValueLength: 30 });
});

test('an exporter list makes one part for each name, in its order; console is written at once', () => {
  const { traces, metrics } = pipeline({
    OTEL_TRACES_EXPORTER: 'console,otlp',
    OTEL_METRICS_EXPORTER: 'prometheus,console',
    OTEL_EXPORTER_PROMETHEUS_HOST: '0.0.0.0',
    OTEL_EXPORTER_PROMETHEUS_PORT: '0',
    OTEL_LOGS_EXPORTER: 'none',
  });
  expect(traces.processors.map(({ kind, exporter }) => [kind, exporter.kind])).toEqual([
    ['simple', 'console'],
    ['batch', 'otlp'],
  ]);
  expect(metrics.readers[0]).toMatchObject({ kind: 'prometheus', host: '0.0.0.0', port: 0 });
  expect(metrics.readers[1]).toMatchObject({ kind: 'periodic', exporter: { kind: 'console' } });
});

test('without an exporter there is nothing to export to', () => {
  const { traces, metrics, logs } = pipeline({
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
  });
  expect([traces.processors, metrics.readers, logs.processors]).toEqual([[], [], []]);
});

test('a shorter interval shortens the timeout by default without a word', () => {
  expect(pipeline({ OTEL_METRIC_EXPORT_INTERVAL: '1000' }).metrics.readers[0]).toMatchObject({
    interval: 1000,
    timeout: 1000,
  });
});

test('no limit for an export of metrics means the interval, without a word', () => {
  expect(pipeline({ OTEL_METRIC_EXPORT_TIMEOUT: '0' }).metrics.readers[0]).toMatchObject({ timeout: 60_000 });
});

test('a smaller queue makes the batches by default smaller without a word', () => {
  const [processor] = pipeline({ OTEL_BSP_MAX_QUEUE_SIZE: '100' }).traces.processors;
  expect(processor).toMatchObject({ maxQueueSize: 100, maxExportBatchSize: 100 });
});

test('the service name beats the one among the attributes', () => {
  const env = { OTEL_SERVICE_NAME: 'shop', OTEL_RESOURCE_ATTRIBUTES: 'service.name=x,a=b' };
  expect(pipeline(env).resource.attributes).toEqual({ 'service.name': 'shop', a: 'b' });
});
