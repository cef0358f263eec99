import { expect, test } from 'vitest';
import { rows, schema } from '../../src/config/schema.ts';
import { format } from '../../src/config/setting.ts';
import { loadInTest } from './load-in-test.ts';

test('an empty environment gives the defaults and no problem', () => {
  const { config, problems, notes, origins } = loadInTest({});
  expect(problems).toEqual([]);
  expect(notes).toEqual([]);
  expect(config.unusable).toBe(false);
  for (const [name, row] of rows)
    expect([name, (config.settings as Record<string, unknown>)[name]]).toEqual([name, row.default]);
  expect(new Set(Object.values(origins).map(({ from }) => from))).toEqual(new Set(['default']));
});

/** What the specification says, and where we differ on purpose. */
test.each([
  ['OTEL_LOG_LEVEL', 'warn'],
  ['OTEL_SDK_DISABLED', false],
  ['OTEL_PROPAGATORS', ['tracecontext', 'baggage']],
  ['OTEL_TRACES_SAMPLER', 'parentbased_always_on'],
  ['OTEL_TRACES_EXPORTER', ['otlp']],
  ['OTEL_METRICS_EXPORTER', ['otlp', 'prometheus']],
  ['OTEL_LOGS_EXPORTER', ['otlp']],
  ['OTEL_BSP_SCHEDULE_DELAY', 5000],
  ['OTEL_BSP_EXPORT_TIMEOUT', 30000],
  ['FIRSTLIGHT_QUEUE_SIZE', 33_554_432],
  ['FIRSTLIGHT_QUEUE_MAX_AGE', 600_000],
  ['FIRSTLIGHT_EXIT_TIMEOUT', 2000],
  ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512],
  ['OTEL_BLRP_SCHEDULE_DELAY', 1000],
  ['OTEL_BLRP_EXPORT_TIMEOUT', 30000],
  ['OTEL_METRIC_EXPORT_INTERVAL', 60000],
  ['OTEL_METRIC_EXPORT_TIMEOUT', 30000],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'http/protobuf'],
  ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'http/protobuf'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', 10000],
  ['OTEL_EXPORTER_OTLP_COMPRESSION', 'none'],
  ['OTEL_EXPORTER_PROMETHEUS_HOST', undefined],
  ['OTEL_EXPORTER_PROMETHEUS_PORT', 9464],
  ['OTEL_ATTRIBUTE_COUNT_LIMIT', 128],
  ['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', undefined],
  ['OTEL_SPAN_EVENT_COUNT_LIMIT', 128],
  ['OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', 128],
  ['OTEL_NODE_RESOURCE_DETECTORS', ['env', 'host', 'os', 'process', 'serviceinstance', 'container', 'k8s']],
  ['OTEL_NODE_ENABLED_INSTRUMENTATIONS', undefined],
] as const)('%s is %j by default', (name, value) => {
  expect(loadInTest({}).config.settings[name]).toEqual(value);
});

test('every default is a value its own rule gives', () => {
  for (const [name, row] of rows) {
    if (row.default === undefined || ['{}', '[]'].includes(JSON.stringify(row.default))) continue;
    const written = format(row.default);
    expect([name, row.rule.parse(written)?.value]).toEqual([name, row.default]);
  }
});

test('a variable that inherits stands after the one it inherits from', () => {
  const names = [...rows.keys()];
  for (const [name, row] of rows) {
    if (row.inherits !== undefined) expect(names.indexOf(row.inherits), name).toBeLessThan(names.indexOf(name));
    if (row.inherits !== undefined) expect(names, name).toContain(row.inherits);
  }
});

test('each signal has every OTLP variable of the specification', () => {
  const endings =
    'ENDPOINT PROTOCOL HEADERS TIMEOUT COMPRESSION CERTIFICATE CLIENT_KEY CLIENT_CERTIFICATE INSECURE'.split(' ');
  for (const prefix of ['', 'TRACES_', 'METRICS_', 'LOGS_']) {
    for (const ending of endings) expect(schema).toHaveProperty(`OTEL_EXPORTER_OTLP_${prefix}${ending}`);
  }
});

test('a value knows where it comes from', () => {
  const { origins } = loadInTest({
    OTEL_EXPORTER_OTLP_TIMEOUT: '5',
    OTEL_BSP_SCHEDULE_DELAY: 'x',
    OTEL_SERVICE_NAME: 'shop',
  });
  expect(origins).toMatchObject({
    OTEL_SERVICE_NAME: { from: 'environment' },
    OTEL_EXPORTER_OTLP_TIMEOUT: { from: 'environment' },
    OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: { from: 'environment', via: 'OTEL_EXPORTER_OTLP_TIMEOUT' },
    OTEL_BSP_SCHEDULE_DELAY: { from: 'default' },
  });
});

test('empty and blank variables count as not set', () => {
  const env = Object.fromEntries([...rows.keys()].map((name, index) => [name, index % 2 ? '' : '  \t']));
  const { problems, config } = loadInTest(env);
  expect(problems).toEqual([]);
  expect(config).toEqual(loadInTest({}).config);
});

test('words are read in any case and without the spaces around them', () => {
  const { config, problems } = loadInTest({
    OTEL_TRACES_SAMPLER: ' ALWAYS_OFF ',
    OTEL_TRACES_EXPORTER: ' OTLP , Console ',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'GRPC',
    OTEL_SDK_DISABLED: ' True ',
    OTEL_LOG_LEVEL: 'ALL',
  });
  expect(problems).toEqual([]);
  expect(config.settings).toMatchObject({
    OTEL_TRACES_SAMPLER: 'always_off',
    OTEL_TRACES_EXPORTER: ['otlp', 'console'],
    OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'grpc',
    OTEL_SDK_DISABLED: true,
    OTEL_LOG_LEVEL: 'verbose',
  });
});

test('the result is frozen to its leaves', () => {
  const { config } = loadInTest({ OTEL_RESOURCE_ATTRIBUTES: 'a=b' });
  const frozen = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
  expect(frozen(config)).toBe(true);
});

test.each([
  'OTEL_PYTHON_LOG_CORRELATION',
  'OTEL_JAVAAGENT_ENABLED',
  'OTEL_DOTNET_AUTO_HOME',
  'OTEL_GO_X_EXEMPLAR',
  'OTEL_K8S_NODE_NAME',
  'OTEL_COLLECTOR_NAME',
  'OTEL_INJECTOR_CONFIG',
  'OTEL_INSTRUMENTATION_KAFKA_ENABLED',
  'OTEL_RESOURCE_PROVIDERS_AWS_ENABLED',
  'HOTEL_NAME',
  'HOSTNAME',
  'PATH',
  'FIRST_NAME',
  'OTHER',
])('%s is none of ours and is left in peace', (name) => {
  expect(loadInTest({ [name]: 'x' }).problems).toEqual([]);
});

test.each([
  ['otel_service_name', 'OTEL_SERVICE_NAME'],
  ['OTEL_SERVICE_NAMES', 'OTEL_SERVICE_NAME'],
  ['OTEL_OTLP_EXPORTER_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
  ['OTEL_LOG_EXPORTER', 'OTEL_LOGS_EXPORTER'],
  ['OTEL_METRICS_EXPORT_INTERVAL', 'OTEL_METRIC_EXPORT_INTERVAL'],
  ['OTEL_INSTRUMENTATION_HTTP_KNOWN_METHOD', 'OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS'],
  ['FIRSTLIGTH_ADMIN_TOKEN', 'FIRSTLIGHT_ADMIN_TOKEN'],
  ['FIRSTLIGHT_INSTRUMENTATON_PG_ENABLED', 'FIRSTLIGHT_INSTRUMENTATION_PG_ENABLED'],
])('%s gets "did you mean %s"', (name, meant) => {
  expect(loadInTest({ [name]: 'x' }).problems).toEqual([`${name} is not a setting, did you mean ${meant}?`]);
});

test('an enabled list of unknown names alone counts as not set', () => {
  const { config } = loadInTest({
    OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'nope',
    OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'pg,nope',
  });
  expect(config.settings.OTEL_NODE_ENABLED_INSTRUMENTATIONS).toBeUndefined();
  expect(config.settings.OTEL_NODE_DISABLED_INSTRUMENTATIONS).toEqual(['pg']);
});

test('a long value is cut in the line that reports it', () => {
  const [problem = ''] = loadInTest({ OTEL_BSP_SCHEDULE_DELAY: 'x'.repeat(100_000) }).problems;
  expect(problem.length).toBeLessThan(300);
});
