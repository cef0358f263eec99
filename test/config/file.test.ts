import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { LONGEST } from '../../src/config/rules.ts';
import { loadInTest } from './load-in-test.ts';

const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', `${name}.yaml`);
const loadFile = (name: string, env: Record<string, string> = {}) =>
  loadInTest({ ...env, OTEL_CONFIG_FILE: fixture(name) });

test('a file describes the whole pipeline', () => {
  const { config, problems, notes } = loadFile('complete');
  expect(problems).toEqual([]);
  expect(notes).toEqual([]);
  expect(config.unusable).toBe(false);
  expect(config.pipeline).toEqual({
    resource: {
      attributes: { 'service.name': 'shop', build: '7', zones: ['a', 'b'], team: 'core' },
      schemaUrl: 'https://opentelemetry.io/schemas/1.30.0',
      detectors: ['host', 'os', 'process', 'container'],
    },
    propagators: ['b3', 'tracecontext', 'baggage'],
    traces: {
      processors: [
        {
          kind: 'batch',
          exporter: {
            kind: 'otlp',
            protocol: 'http/json',
            endpoint: 'https://collector:4318/custom',
            headers: { x: '1', y: '3' },
            timeout: 500,
            compression: 'gzip',
            insecure: false,
          },
          scheduleDelay: 10,
          exportTimeout: LONGEST,
          maxQueueSize: 20,
          maxExportBatchSize: 20,
        },
        { kind: 'simple', exporter: { kind: 'console' } },
      ],
      sampler: {
        kind: 'parentbased',
        root: { kind: 'traceidratio', ratio: 0.5 },
        remoteParentSampled: { kind: 'always_off' },
      },
      limits: {
        attributeCount: 9,
        attributeValueLength: 100,
        eventCount: 8,
        linkCount: 128,
        attributesPerEvent: 128,
        attributesPerLink: 128,
      },
    },
    metrics: {
      readers: [
        {
          kind: 'periodic',
          exporter: {
            kind: 'otlp',
            protocol: 'grpc',
            endpoint: 'collector:4317',
            headers: {},
            timeout: 10_000,
            compression: 'none',
            insecure: true,
            temporality: 'lowmemory',
            histogramAggregation: 'base2_exponential_bucket_histogram',
          },
          interval: 1000,
          timeout: 1000,
        },
        { kind: 'prometheus', host: '0.0.0.0', port: 0, withoutTargetInfo: false },
      ],
      views: [
        {
          selector: { instrumentName: 'latency', instrumentType: 'histogram' },
          name: 'renamed',
          cardinalityLimit: 5,
          aggregation: { kind: 'explicit_bucket_histogram', boundaries: [1, 2], recordMinMax: false },
          attributeKeys: { included: ['a.*'], excluded: ['b'] },
        },
      ],
    },
    logs: {
      processors: [
        {
          kind: 'batch',
          exporter: {
            kind: 'otlp',
            protocol: 'http/protobuf',
            endpoint: 'http://localhost:4318/v1/logs',
            headers: {},
            timeout: 10_000,
            compression: 'none',
            insecure: false,
          },
          scheduleDelay: 1000,
          exportTimeout: 30_000,
          maxExportBatchSize: 512,
        },
      ],
      limits: { attributeCount: 128, attributeValueLength: 100 },
    },
  });
});

test('a file sets the own settings and the options of instrumentations, with the file as their origin', () => {
  const { config, origins } = loadFile('complete');
  const origin = { from: `file ${fixture('complete')}` };
  expect(config.settings).toMatchObject({
    OTEL_METRICS_EXEMPLAR_FILTER: 'always_off',
    FIRSTLIGHT_PROMETHEUS_TRANSLATION: 'no_translation',
    FIRSTLIGHT_PROMETHEUS_SCOPE_LABELS: false,
    FIRSTLIGHT_PROMETHEUS_RESOURCE_LABELS: ['service.name', 'k8s.*'],
    OTEL_LOG_LEVEL: 'debug',
    FIRSTLIGHT_ADMIN_TOKEN: 's3cret',
    OTEL_NODE_DISABLED_INSTRUMENTATIONS: ['express'],
  });
  expect(config.instrumentations).toEqual({
    pg: { enabled: false, options: { enhancedDatabaseReporting: true } },
    'socket.io': { options: { traceReserved: true } },
    http: { options: { headersToSpanAttributes: { server: { requestHeaders: ['x-a', 'x-b'] } } } },
  });
  expect(origins).toMatchObject({
    OTEL_CONFIG_FILE: { from: 'environment' },
    OTEL_LOG_LEVEL: origin,
    FIRSTLIGHT_ADMIN_TOKEN: origin,
    'instrumentation.pg.enabled': origin,
  });
});

test('beside a file, FIRSTLIGHT_* and OTEL_LOG_LEVEL beat it, and other OTEL_* variables do not count', () => {
  const { config, problems, notes } = loadFile('complete', {
    FIRSTLIGHT_ADMIN_TOKEN: 'other',
    FIRSTLIGHT_INSTRUMENTATION_PG_ENABLED: 'true',
    OTEL_LOG_LEVEL: 'error',
    OTEL_BSP_SCHEDULE_DELAY: 'nonsense',
    OTEL_SERVICE_NAME: 'ignored',
  });
  expect(problems).toEqual([]);
  expect(notes).toEqual([
    'OTEL_CONFIG_FILE is set; these count only where the file refers to them: OTEL_BSP_SCHEDULE_DELAY, OTEL_SERVICE_NAME',
  ]);
  expect(config.settings).toMatchObject({
    FIRSTLIGHT_ADMIN_TOKEN: 'other',
    OTEL_LOG_LEVEL: 'error',
    OTEL_BSP_SCHEDULE_DELAY: 5000,
  });
  expect(config.instrumentations['pg']).toEqual({ enabled: true, options: { enhancedDatabaseReporting: true } });
  expect(config.pipeline.resource.attributes['service.name']).toBe('shop');
});

test('what a valid file asks for and is not there is one line each, with line and key; the rest is used', () => {
  const { config, problems } = loadFile('partly-unsupported');
  const at = `${fixture('partly-unsupported')}:`;
  const said = problems.map((line) => line.replace(at, ''));
  expect(said.toSorted((a, b) => parseInt(a) - parseInt(b))).toEqual([
    '2: unheard_of: not supported; ignored',
    expect.stringMatching(/^4: resource\.attributes_list: expected key=value.*ignoring "spam"$/),
    '6: resource.detection/development.attributes: not supported; ignored',
    '7: resource.detection/development.detectors[0].cloud: there is no such detector; ignored',
    '9: propagator.composite_list: there is no propagator w3c; ignored',
    '14: tracer_provider.processors[0].batch.max_export_batch_size: expected at most the size of the queue, using 10',
    expect.stringMatching(/^17: .*otlp_http\.endpoint: expected an http.*using http:\/\/localhost:4318\/v1\/traces$/),
    expect.stringMatching(/^18: .*compression: expected gzip or none, using none$/),
    expect.stringMatching(/^19: .*tls\.ca_file: expected the path of a readable PEM file, using the certificate/),
    expect.stringMatching(/^22: .*otlp_file\/development: there is no such exporter/),
    '23: tracer_provider.processors[2].tail: there is no such processor, only batch and simple; ignored',
    expect.stringMatching(/^26: .*rule_based: there is no such sampler, using the default/),
    expect.stringMatching(/^33: .*cardinality_limits: not supported; ignored$/),
    expect.stringMatching(/^39: .*views\[0\]\.stream\.name: expected a selector with the name of one instrument; the/),
    '42: distribution.firstlight.admin_tokn: not a setting; ignored, did you mean admin_token?',
    '43: distribution.firstlight.node_experimental_sdk_metrics="perhaps": expected true or false, using false',
    expect.stringMatching(/^45: .*pgg\.enabled="true": there is no instrumentation "pgg"; ignored, did you mean pg\?$/),
    expect.stringMatching(
      /^46: .*pg has no option "enhancedDatabaseReportin"; ignored, did you mean enhancedDatabaseReporting\?$/,
    ),
    expect.stringMatching(/^46: .*maxQueryLength="-1": expected a whole number/),
  ]);
  expect(problems.join()).not.toContain('s3cret');
  expect(config.unusable).toBe(false);
  expect(config.pipeline.traces.processors).toHaveLength(1);
  expect(config.pipeline.traces.sampler).toEqual({ kind: 'parentbased', root: { kind: 'always_on' } });
  expect(config.pipeline.resource.attributes).toEqual({ a: 'b' });
  expect(config.pipeline.metrics.views).toEqual([{ selector: { instrumentName: '*' } }]);
});

const folder = mkdtempSync(join(tmpdir(), 'firstlight-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PROCESSOR = 'tracer_provider:\n  processors:\n    - batch:\n';

test.each([
  ['with a tab', 'file_format: "1.0"\n\tresource: {}\n', /:2: Tabs are not allowed/],
  ['with an open bracket', 'file_format: "1.0"\nresource:\n  attributes: [\npropagator: {}\n', /:\d+: /],
  [
    'with a misspelt key that must be there',
    'file_format: "1.0"\ntracer_provider:\n  procesors: []\n',
    /:3: tracer_provider\.procesors: not in the schema, did you mean processors\?/,
  ],
  [
    'with a misspelt key that may be there',
    `file_format: "1.0"\n${PROCESSOR}        schedule_dela: 5\n        exporter:\n          console:\n`,
    /:5: tracer_provider\.processors\[0\]\.batch\.schedule_dela: not in the schema, did you mean schedule_delay\?/,
  ],
  [
    'with a word for a number',
    `file_format: "1.0"\n${PROCESSOR}        schedule_delay: soon\n        exporter:\n          console:\n`,
    /:5: tracer_provider\.processors\[0\]\.batch\.schedule_delay: must be integer/,
  ],
  [
    'with a wrong word',
    `file_format: "1.0"\n${PROCESSOR}        exporter:\n          otlp_http:\n            encoding: xml\n`,
    /:7: tracer_provider\.processors\[0\]\.batch\.exporter\.otlp_http\.encoding: must be equal to one of/,
  ],
  [
    'with a bad reference',
    'file_format: "1.0"\nresource:\n  attributes_list: ${not a name}\n',
    /:3: expected \$\{NAME\} or \$\{NAME:-default\} instead of \$\{not a name\}/,
  ],
  ['of a later format', 'file_format: "2.0"\n', /:1: file_format: expected "1\.0" or "1\.1", found "2\.0"/],
  ['without a word', '', /:1: file_format: expected "1\.0" or "1\.1", found none/],
  ['that is a list', '- a\n', /:1: file_format: expected "1\.0" or "1\.1", found none/],
  ['that does not exist', undefined, /: there is no such file/],
])('a file %s cannot be used: one line with file, line and key, and nothing is started', (_title, content, says) => {
  const path = join(folder, 'broken.yaml');
  rmSync(path, { force: true });
  if (content !== undefined) writeFileSync(path, content);
  const { config, problems } = loadInTest({ OTEL_CONFIG_FILE: path });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(says);
  expect(problems[0]?.startsWith(`OTEL_CONFIG_FILE: ${path}:`)).toBe(true);
  expect(problems[0]).toMatch(/; the application runs without telemetry$/);
  expect(config.unusable).toBe(true);
});

test.each([
  ['a directory', () => folder, /it is a directory, not a file/],
  ['a device', () => '/dev/zero', /it is a pipe or a device, not a file/],
  ['a pipe', () => pipe(), /it is a pipe or a device, not a file/],
  ['far too large', () => large(), /it is larger than 1000000 bytes/],
])('a file that is %s is not read, and nothing is started', (_title, create, says) => {
  const { config, problems } = loadInTest({ OTEL_CONFIG_FILE: create() });
  expect(problems).toEqual([expect.stringMatching(says)]);
  expect(config.unusable).toBe(true);
});

function pipe(): string {
  const path = join(folder, 'pipe.yaml');
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  return path;
}

function large(): string {
  const path = join(folder, 'large.yaml');
  writeFileSync(path, `file_format: "1.0"\n${'#'.repeat(1_000_000)}\n`);
  return path;
}

test.each([
  ['rate_limiting: {traces_per_second: many}', 'traces_per_second: expected a number above 0, using 100'],
  ['rate_limiting: {traces_per_second: -1}', 'traces_per_second: expected a number above 0, using 100'],
  ['xray: {endpoint: 5}', 'endpoint: expected a text, using http://localhost:2000'],
  ['xray: {polling_interval: x}', 'polling_interval: expected a number above 0, using 300000'],
])('a wrong argument of one of our own samplers: %s', (sampler, reason) => {
  const path = join(folder, 'sampler.yaml');
  const tracer = `tracer_provider: {processors: [{simple: {exporter: {console: {}}}}], sampler: {${sampler}}}`;
  writeFileSync(path, `file_format: "1.0"\n${tracer}\n`);
  const { problems } = loadInTest({ OTEL_CONFIG_FILE: path });
  expect(problems).toEqual([expect.stringContaining(reason)]);
});

test('the own section sets what the table places there, and nothing by the name of a variable', () => {
  const path = join(folder, 'own (copy).yaml');
  const own = 'distribution:\n  firstlight:\n    OTEL_BSP_SCHEDULE_DELAY: 7\n    node_experimental_sdk_metrics: true\n';
  writeFileSync(path, `file_format: "1.0"\n${own}`);
  const { config, problems, origins } = loadInTest({ OTEL_CONFIG_FILE: path });
  expect(problems).toEqual([`${path}:4: distribution.firstlight.OTEL_BSP_SCHEDULE_DELAY: not a setting; ignored`]);
  expect(config.settings).toMatchObject({ OTEL_BSP_SCHEDULE_DELAY: 5000, OTEL_NODE_EXPERIMENTAL_SDK_METRICS: true });
  expect(origins['OTEL_NODE_EXPERIMENTAL_SDK_METRICS']).toEqual({ from: `file ${path}` });
});

test('what an instrumentation reads itself counts beside a file too', () => {
  const { config, notes } = loadFile('disabled', { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' });
  expect(notes).toEqual([]);
  expect(config.settings.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT).toBe(true);
});

test('a file may switch everything off', () => {
  const { config, problems } = loadFile('disabled');
  expect(problems).toEqual([]);
  expect(config.settings.OTEL_SDK_DISABLED).toBe(true);
});

test('what a file does not name is off, as the schema has it', () => {
  const { pipeline } = loadFile('disabled').config;
  expect(pipeline.propagators).toEqual([]);
  expect(pipeline.resource).toEqual({ attributes: {}, detectors: [] });
  expect([pipeline.traces.processors, pipeline.metrics.readers, pipeline.logs.processors]).toEqual([[], [], []]);
});
