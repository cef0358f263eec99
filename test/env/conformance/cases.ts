/** Each row sets some variables and is run under both SDKs. `{http}`, `{grpc}`, … are filled in by observe.ts. */
export interface Case {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly tls?: boolean | 'mutual';
}

const SIGNALS = ['TRACES', 'METRICS', 'LOGS'] as const;

/** The same setting for one signal after the other. */
const each = (name: string, env: (signal: (typeof SIGNALS)[number]) => Readonly<Record<string, string>>): Case => ({
  name,
  env: Object.assign({}, ...SIGNALS.map(env)) as Record<string, string>,
});

const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: '{grpc}' };
const pem = {
  OTEL_EXPORTER_OTLP_CERTIFICATE: '{ca}',
  OTEL_EXPORTER_OTLP_CLIENT_KEY: '{key}',
  OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: '{cert}',
};

export const cases: readonly Case[] = [
  { name: 'nothing but an endpoint', env: {} },
  { name: 'disabled', env: { OTEL_SDK_DISABLED: 'true' } },
  { name: 'disabled, misspelt', env: { OTEL_SDK_DISABLED: 'yes' } },
  { name: 'log level', env: { OTEL_LOG_LEVEL: 'none' } },

  { name: 'service name', env: { OTEL_SERVICE_NAME: 'shop' } },
  {
    name: 'resource attributes',
    env: { OTEL_RESOURCE_ATTRIBUTES: 'service.name=shop,service.version=2,city=K%C3%B6ln, a = b ' },
  },
  {
    name: 'service name twice',
    env: { OTEL_SERVICE_NAME: 'shop', OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,a=b' },
  },
  { name: 'resource attributes, malformed', env: { OTEL_RESOURCE_ATTRIBUTES: 'a=b,spam' } },
  { name: 'detectors', env: { OTEL_NODE_RESOURCE_DETECTORS: 'env,os', OTEL_RESOURCE_ATTRIBUTES: 'a=b' } },
  { name: 'no detectors', env: { OTEL_NODE_RESOURCE_DETECTORS: 'none' } },
  {
    name: 'attributes without the env detector',
    env: { OTEL_NODE_RESOURCE_DETECTORS: 'os', OTEL_RESOURCE_ATTRIBUTES: 'a=b' },
  },
  { name: 'all detectors', env: { OTEL_NODE_RESOURCE_DETECTORS: 'all' } },

  ...[
    'tracecontext',
    'baggage',
    'b3',
    'b3multi',
    'tracecontext,b3,b3multi,baggage',
    'none',
    'tracecontext,none',
    ' b3 , b3 ',
  ].map((value): Case => ({ name: `propagators ${value}`, env: { OTEL_PROPAGATORS: value } })),

  ...['always_on', 'always_off', 'parentbased_always_on', 'parentbased_always_off'].map((value): Case => ({
    name: `sampler ${value}`,
    env: { OTEL_TRACES_SAMPLER: value },
  })),
  { name: 'sampler traceidratio', env: { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' } },
  ...['0.25', '0', '1', 'abc', '2', ''].map((ratio): Case => ({
    name: `sampler parentbased_traceidratio of ${JSON.stringify(ratio)}`,
    env: { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: ratio },
  })),
  { name: 'sampler unknown', env: { OTEL_TRACES_SAMPLER: 'sometimes' } },

  { name: 'general limits', env: { OTEL_ATTRIBUTE_COUNT_LIMIT: '5', OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '10' } },
  {
    name: 'span limits',
    env: {
      OTEL_ATTRIBUTE_COUNT_LIMIT: '5',
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '10',
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '6',
      OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '11',
      OTEL_SPAN_EVENT_COUNT_LIMIT: '3',
      OTEL_SPAN_LINK_COUNT_LIMIT: '4',
      OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '2',
      OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '1',
    },
  },
  {
    name: 'limits of events and links by their old names',
    env: { OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT: '2', OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT: '1' },
  },
  {
    name: 'log record limits',
    env: { OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '7', OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: '12' },
  },

  {
    name: 'batch sizes',
    env: {
      FIXTURE_BURST: '60',
      OTEL_BSP_MAX_QUEUE_SIZE: '20',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '8',
      OTEL_BLRP_MAX_QUEUE_SIZE: '30',
      OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '7',
    },
  },
  {
    name: 'batch delays',
    env: { FIXTURE_WAIT: '600', OTEL_BSP_SCHEDULE_DELAY: '20', OTEL_BLRP_SCHEDULE_DELAY: '20' },
  },
  {
    name: 'batch delays, long',
    env: { FIXTURE_WAIT: '300', OTEL_BSP_SCHEDULE_DELAY: '60000', OTEL_BLRP_SCHEDULE_DELAY: '60000' },
  },
  {
    name: 'metric interval',
    env: { FIXTURE_WAIT: '600', OTEL_METRIC_EXPORT_INTERVAL: '100', OTEL_METRIC_EXPORT_TIMEOUT: '100' },
  },
  { name: 'metric interval below the timeout', env: { FIXTURE_WAIT: '600', OTEL_METRIC_EXPORT_INTERVAL: '100' } },

  ...['http/protobuf', 'http/json', 'carrier-pigeon'].map((value): Case => ({
    name: `protocol ${value}`,
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: value },
  })),
  { name: 'protocol grpc', env: grpc },
  {
    name: 'protocols of the signals',
    env: {
      ...grpc,
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: '{http}/v1/metrics',
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: '{http}/v1/logs',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc',
    },
  },
  { name: 'endpoint with a path', env: { OTEL_EXPORTER_OTLP_ENDPOINT: '{http}/otlp' } },
  { name: 'endpoint with a slash', env: { OTEL_EXPORTER_OTLP_ENDPOINT: '{http}/otlp/' } },
  each('endpoints of the signals', (signal) => ({
    [`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`]: `{http}/${signal}/v1/${signal.toLowerCase()}`,
  })),
  { name: 'endpoint of gRPC with a path', env: { ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: '{grpc}/path' } },
  {
    name: 'endpoint of gRPC without a scheme',
    env: { ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: '{grpcHost}', OTEL_EXPORTER_OTLP_INSECURE: 'true' },
  },
  each('insecure, by signal', (signal) => ({
    ...grpc,
    OTEL_EXPORTER_OTLP_ENDPOINT: '{grpcHost}',
    [`OTEL_EXPORTER_OTLP_${signal}_INSECURE`]: 'true',
  })),

  { name: 'headers', env: { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=k%20y, X-Other = b=c ,dup=1,dup=2' } },
  { name: 'headers by gRPC', env: { ...grpc, OTEL_EXPORTER_OTLP_HEADERS: 'api-key=key,X-Other=b' } },
  each('headers of the signals', (signal) => ({
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=general,general=yes',
    [`OTEL_EXPORTER_OTLP_${signal}_HEADERS`]: `api-key=${signal}`,
  })),
  { name: 'compression', env: { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' } },
  { name: 'compression by gRPC', env: { ...grpc, OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' } },
  { name: 'compression unknown', env: { OTEL_EXPORTER_OTLP_COMPRESSION: 'brotli' } },
  each('compression of the signals', (signal) => ({
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    [`OTEL_EXPORTER_OTLP_${signal}_COMPRESSION`]: signal === 'LOGS' ? 'gzip' : 'none',
  })),
  { name: 'timeout', env: { ...grpc, OTEL_EXPORTER_OTLP_TIMEOUT: '5000' } },
  {
    name: 'timeouts of the signals',
    env: {
      ...grpc,
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '4000',
      OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '6000',
      OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '7000',
    },
  },
  { name: 'certificates', env: pem, tls: 'mutual' },
  { name: 'certificates by gRPC', env: { ...grpc, ...pem }, tls: 'mutual' },
  {
    ...each('certificates of the signals', (signal) => ({
      [`OTEL_EXPORTER_OTLP_${signal}_CERTIFICATE`]: '{ca}',
      [`OTEL_EXPORTER_OTLP_${signal}_CLIENT_KEY`]: '{key}',
      [`OTEL_EXPORTER_OTLP_${signal}_CLIENT_CERTIFICATE`]: '{cert}',
    })),
    tls: 'mutual',
  },

  ...['cumulative', 'delta', 'lowmemory', 'DELTA', 'sometimes'].map((value): Case => ({
    name: `temporality ${value}`,
    env: { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: value },
  })),
  { name: 'metrics of the SDK', env: { OTEL_NODE_EXPERIMENTAL_SDK_METRICS: 'true' } },

  each('no exporters', (signal) => ({ [`OTEL_${signal}_EXPORTER`]: 'none' })),
  each('console exporters', (signal) => ({ [`OTEL_${signal}_EXPORTER`]: 'console' })),
  each('two exporters', (signal) => ({ [`OTEL_${signal}_EXPORTER`]: 'otlp,console' })),
  each('exporters unknown', (signal) => ({ [`OTEL_${signal}_EXPORTER`]: 'fax,otlp' })),
  each('exporters empty', (signal) => ({ [`OTEL_${signal}_EXPORTER`]: '' })),
];
