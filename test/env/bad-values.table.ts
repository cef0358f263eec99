/** Settings that are wrong. Each starts the application, and gives one line that names the variable. */
export interface BadValue {
  readonly env: Readonly<Record<string, string>>;
  /** What the line begins with. */
  readonly names: string;
  readonly says: RegExp;
}

const bad = (names: string, value: string, says: RegExp, others: Readonly<Record<string, string>> = {}): BadValue => ({
  env: { ...others, [names]: value },
  names,
  says,
});

const RATIO = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' };
const GRPC = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };

export const badValues: readonly BadValue[] = [
  // Exporters
  bad('OTEL_TRACES_EXPORTER', 'jaeger', /expected otlp and console.*using otlp$/),
  bad('OTEL_TRACES_EXPORTER', 'zipkin', /expected otlp and console.*using otlp$/),
  bad('OTEL_TRACES_EXPORTER', 'logging', /expected otlp and console.*using otlp$/),
  bad('OTEL_TRACES_EXPORTER', 'otlp,otpl', /ignoring "otpl"$/),
  bad('OTEL_TRACES_EXPORTER', 'none,otlp', /"none" excludes all others; using none$/),
  bad('OTEL_METRICS_EXPORTER', 'prom', /expected otlp, prometheus and console.*using otlp,prometheus$/),
  bad('OTEL_METRICS_EXPORTER', 'prometheus,statsd', /ignoring "statsd"$/),
  bad('OTEL_LOGS_EXPORTER', 'file', /using otlp$/),
  bad('OTEL_LOGS_EXPORTER', 'otlp/stdout', /using otlp$/),
  // Metrics
  bad('FIRSTLIGHT_METRICS_SLOW_QUERY', '0', /expected milliseconds \(1 to \d+\), using 1000$/),
  // Context
  bad('OTEL_PROPAGATORS', 'w3c', /expected tracecontext, baggage.*using tracecontext,baggage$/),
  bad('OTEL_PROPAGATORS', 'tracecontext,w3c', /ignoring "w3c"$/),
  bad('OTEL_PROPAGATORS', 'tracecontext;baggage', /using tracecontext,baggage$/),
  bad('OTEL_PROPAGATORS', 'none,b3', /"none" excludes all others/),
  // Samplers
  bad('OTEL_TRACES_SAMPLER', 'ratio', /expected always_on, always_off.*using parentbased_always_on$/),
  bad('OTEL_TRACES_SAMPLER', '0.1', /using parentbased_always_on$/),
  bad('OTEL_TRACES_SAMPLER_ARG', 'abc', /expected a ratio from 0 to 1.*using 1$/, RATIO),
  bad('OTEL_TRACES_SAMPLER_ARG', '-0.5', /expected a ratio from 0 to 1.*using 1$/, RATIO),
  bad('OTEL_TRACES_SAMPLER_ARG', '25', /expected a ratio from 0 to 1/, RATIO),
  bad('OTEL_TRACES_SAMPLER_ARG', '50%', /expected a ratio from 0 to 1/, RATIO),
  bad('OTEL_TRACES_SAMPLER_ARG', '0,5', /expected a ratio from 0 to 1/, RATIO),
  bad('OTEL_TRACES_SAMPLER_ARG', '0.1', /the sampler parentbased_always_on takes no argument; ignored$/),
  bad('OTEL_TRACES_SAMPLER_ARG', '-1', /number of traces per second above 0.*using 100$/, {
    OTEL_TRACES_SAMPLER: 'rate_limiting',
  }),
  bad('OTEL_TRACES_SAMPLER_ARG', 'endpoint=nowhere', /expected endpoint=http:\/\/host:port/, {
    OTEL_TRACES_SAMPLER: 'jaeger_remote',
  }),
  bad('OTEL_TRACES_SAMPLER_ARG', 'endpoint=http://localhost:2000,polling_interval=1', /at least 10/, {
    OTEL_TRACES_SAMPLER: 'xray',
  }),
  // Numbers
  bad('OTEL_BSP_SCHEDULE_DELAY', '99999999999', /expected milliseconds \(1 to 2147483647\), using 5000$/),
  bad('OTEL_BSP_SCHEDULE_DELAY', '-1', /using 5000$/),
  bad('OTEL_BSP_SCHEDULE_DELAY', '5s', /using 5000$/),
  bad('OTEL_BSP_SCHEDULE_DELAY', '0', /using 5000$/),
  bad('OTEL_BSP_EXPORT_TIMEOUT', 'soon', /using 30000$/),
  bad(
    'OTEL_BSP_MAX_QUEUE_SIZE',
    '0',
    /expected a whole number \(1 to 2147483647\), using as many as FIRSTLIGHT_QUEUE_SIZE holds$/,
  ),
  bad('OTEL_BSP_MAX_QUEUE_SIZE', '1e9999', /using as many as FIRSTLIGHT_QUEUE_SIZE holds$/),
  bad('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '4096', /at most the size of the queue, using 2048$/, {
    OTEL_BSP_MAX_QUEUE_SIZE: '2048',
  }),
  bad('FIRSTLIGHT_QUEUE_SIZE', '32MB', /expected bytes \(65536 to 2147483647\), using 33554432$/),
  bad('FIRSTLIGHT_QUEUE_SIZE', '1', /using 33554432$/),
  bad('FIRSTLIGHT_QUEUE_MAX_AGE', '0', /using 600000$/),
  bad('FIRSTLIGHT_EXIT_TIMEOUT', '2s', /using 2000$/),
  bad('FIRSTLIGHT_EXIT_TIMEOUT', '-1', /using 2000$/),
  bad('FIRSTLIGHT_SPOOL_SIZE', 'all', /using 268435456$/),
  bad('FIRSTLIGHT_SPOOL_MAX_AGE', '1d', /using 86400000$/),
  bad('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 'NaN', /using 512$/),
  bad('OTEL_BLRP_EXPORT_TIMEOUT', '-30000', /using 30000$/),
  bad('OTEL_BLRP_MAX_QUEUE_SIZE', '2048.5', /using as many as FIRSTLIGHT_QUEUE_SIZE holds$/),
  bad('OTEL_BLRP_MAX_EXPORT_BATCH_SIZE', '600', /using 100$/, { OTEL_BLRP_MAX_QUEUE_SIZE: '100' }),
  bad('OTEL_METRIC_EXPORT_INTERVAL', '1m', /using 60000$/),
  bad('OTEL_METRIC_EXPORT_INTERVAL', '0', /using 60000$/),
  bad('OTEL_METRICS_EXEMPLAR_FILTER', 'sometimes', /expected always_on, always_off or trace_based, using trace_based$/),
  bad('FIRSTLIGHT_METRIC_NAMES', 'guide,prom', /expected semconv and guide, .*ignoring "prom"$/),
  bad('FIRSTLIGHT_PROMETHEUS_TRANSLATION', 'utf8', /no_translation, using underscore_escaping_with_suffixes$/),
  bad('FIRSTLIGHT_PROMETHEUS_SCOPE_LABELS', 'no', /expected true or false, using true$/),
  bad('FIRSTLIGHT_APDEX_THRESHOLD', '0.5', /expected milliseconds \(1 to 600000\), using 500$/),
  bad('FIRSTLIGHT_SLO_AVAILABILITY', '100', /expected percent, more than 0 and less than 100, using no objective$/),
  bad('FIRSTLIGHT_SLO_LATENCY', '95:500,99', /expected percent:milliseconds.*ignoring "99"$/),
  bad('OTEL_METRIC_EXPORT_TIMEOUT', '90000', /at most the interval, using 60000$/),
  bad('OTEL_ATTRIBUTE_COUNT_LIMIT', 'many', /using 128$/),
  bad('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', '-5', /using no limit$/),
  bad('OTEL_SPAN_EVENT_COUNT_LIMIT', '-1', /using 128$/),
  bad('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'x', /using OTEL_ATTRIBUTE_COUNT_LIMIT \(7\)$/, {
    OTEL_ATTRIBUTE_COUNT_LIMIT: '7',
  }),
  bad('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', '0x10', /using 128$/),
  // The admin server
  bad('OTEL_EXPORTER_PROMETHEUS_PORT', '99999', /expected a port \(0 to 65535\), using 9464$/),
  bad('OTEL_EXPORTER_PROMETHEUS_PORT', 'abc', /="abc": expected a port \(0 to 65535\), using 9464$/),
  bad('OTEL_EXPORTER_PROMETHEUS_PORT', '-1', /using 9464$/),
  bad('OTEL_EXPORTER_PROMETHEUS_PORT', '80.5', /using 9464$/),
  bad('OTEL_EXPORTER_PROMETHEUS_HOST', 'http://0.0.0.0', /without scheme and port/),
  bad('OTEL_EXPORTER_PROMETHEUS_HOST', 'localhost:9464', /without scheme and port/),
  bad('FIRSTLIGHT_ADMIN_TOKEN', 'two words', /^FIRSTLIGHT_ADMIN_TOKEN="\*\*\*": expected printable ASCII/),
  // Switches and words
  bad('OTEL_SDK_DISABLED', 'yes', /expected true or false, using false$/),
  bad('OTEL_SDK_DISABLED', '1', /expected true or false, using false$/),
  bad('OTEL_LOG_LEVEL', 'trace', /expected none, error, warn, info, debug or verbose, using warn$/),
  bad('OTEL_NODE_EXPERIMENTAL_SDK_METRICS', 'on', /using false$/),
  bad('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'deltas', /using cumulative$/),
  bad('OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION', 'native', /using explicit_bucket_histogram$/),
  // OTLP
  bad('OTEL_EXPORTER_OTLP_PROTOCOL', 'http', /expected grpc, http\/protobuf or http\/json, using http\/protobuf$/),
  bad('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'udp', /using OTEL_EXPORTER_OTLP_PROTOCOL \(grpc\)$/, GRPC),
  bad('OTEL_EXPORTER_OTLP_ENDPOINT', 'notaurl', /expected an http:\/\/ or https:\/\/ URL/),
  bad('OTEL_EXPORTER_OTLP_ENDPOINT', '127.0.0.1:4318', /as the protocol is not grpc, using http:\/\/localhost:4318$/),
  bad('OTEL_EXPORTER_OTLP_ENDPOINT', 'ftp://collector', /expected an http:\/\/ or https:\/\/ URL/),
  bad('OTEL_EXPORTER_OTLP_ENDPOINT', 'http//collector:4318', /expected an http/),
  bad('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://', /expected an http/),
  bad('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector:99999', /expected an http/),
  bad(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'https://me:s3cret@collector:99999',
    /"https:\/\/\*\*\*@collector:99999": expected/,
  ),
  bad('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://localhost:4317/v1/traces', /takes scheme, host and port alone/, GRPC),
  bad('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', 'collector', /using OTEL_EXPORTER_OTLP_ENDPOINT$/),
  bad(
    'OTEL_EXPORTER_OTLP_HEADERS',
    'Authorization: Bearer s3cret',
    /="\*\*\*": expected name=value pairs.*using none$/,
  ),
  bad('OTEL_EXPORTER_OTLP_HEADERS', 'a=1,s3cret', /="\*\*\*": expected name=value pairs.*ignoring "entry 2"$/),
  bad('OTEL_EXPORTER_OTLP_HEADERS', 'bad name=1', /="\*\*\*": expected/),
  bad('OTEL_EXPORTER_OTLP_HEADERS', 'x=%E4%zz', /="\*\*\*": expected/),
  bad('OTEL_EXPORTER_OTLP_TIMEOUT', '10s', /using 10000$/),
  bad('OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', '-1', /using 10000$/),
  bad('OTEL_EXPORTER_OTLP_COMPRESSION', 'zstd', /expected gzip or none, using none$/),
  bad(
    'OTEL_EXPORTER_OTLP_CERTIFICATE',
    '/nope.pem',
    /readable PEM file, using the certificate authorities Node.js trusts$/,
  ),
  bad('OTEL_EXPORTER_OTLP_CERTIFICATE', '/', /readable PEM file/),
  bad('OTEL_EXPORTER_OTLP_CLIENT_KEY', '/nope.key', /using no client certificate$/),
  bad('OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE', '/nope.pem', /using no client certificate$/),
  bad('OTEL_EXPORTER_OTLP_INSECURE', 'true', /the endpoint https:\/\/localhost:4317 asks for TLS; ignored$/, {
    ...GRPC,
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://localhost:4317',
  }),
  // Resource
  bad('OTEL_RESOURCE_ATTRIBUTES', 'spam', /expected key=value pairs.*using none$/),
  bad('OTEL_RESOURCE_ATTRIBUTES', 'foo=bar,spam', /ignoring "spam"$/),
  bad('OTEL_RESOURCE_ATTRIBUTES', 'a=b=c', /expected key=value pairs/),
  bad(
    'OTEL_RESOURCE_ATTRIBUTES',
    'a=1,db=postgres://me:s3cret@host/shop?ssl=on',
    /ignoring "db=postgres:\/\/\*\*\*@host\/shop\?ssl=\*\*\*"$/,
  ),
  bad('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector:99999?key=s3cret', /\?key=\*\*\*": expected/),
  bad('OTEL_RESOURCE_ATTRIBUTES', 'a=%zz,b=1', /ignoring "a=%zz"$/),
  bad('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:4318/v1/traces', /did you mean http:\/\/127\.0\.0\.1:4318\?$/),
  bad('OTEL_NODE_RESOURCE_DETECTORS', 'amazon', /expected env, host, os/),
  bad('OTEL_NODE_RESOURCE_DETECTORS', 'host,gcq', /ignoring "gcq"$/),
  // StatsD
  bad('FIRSTLIGHT_STATSD_ADDRESS', 'udp://statsd:8125', /expected a host with or without its UDP port .*, using none$/),
  bad('FIRSTLIGHT_STATSD_ADDRESS', 'statsd:0', /expected a host with or without its UDP port/),
  bad('FIRSTLIGHT_STATSD_ADDRESS', '[::1]:99999', /expected a host with or without its UDP port/),
  bad(
    'FIRSTLIGHT_STATSD_PREFIX',
    'my app:',
    /expected letters, digits, _ and -, in parts separated by dots, using none$/,
  ),
  bad('FIRSTLIGHT_STATSD_TAGS', 'datadog', /expected none or dogstatsd, using none$/),
  bad('FIRSTLIGHT_STATSD_INTERVAL', '10s', /expected milliseconds \(100 to \d+\), using 10000$/),
  // Server requests
  bad('FIRSTLIGHT_FRAMEWORK_SPANS', 'handlers', /expected none, handler or all, using none$/),
  bad('FIRSTLIGHT_IGNORE_PATHS', 'healthz', /expected paths that begin with \/ or \*.*, using none$/),
  bad('FIRSTLIGHT_IGNORE_PATHS', '/healthz,/x?y=1', /ignoring "\/x\?y=.*1?"$/),
  bad('FIRSTLIGHT_TRUST_PROXY', 'true', /expected none, all, or addresses and networks .*, using none$/),
  bad('FIRSTLIGHT_TRUST_PROXY', '10.0.0.0/33', /expected none, all, or addresses/),
  bad('FIRSTLIGHT_TRUST_PROXY', 'private,10.0.0', /ignoring "10\.0\.0"$/),
  bad('OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS', 'get,post', /expected methods in capitals/),
  bad('OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS', 'GET,purge', /ignoring "purge"$/),
  // Instrumentations
  bad('OTEL_NODE_DISABLED_INSTRUMENTATIONS', 'exprss', /ignoring "exprss", did you mean express\?$/),
  bad('OTEL_NODE_ENABLED_INSTRUMENTATIONS', 'http,postgres', /ignoring "postgres"/),
  bad('FIRSTLIGHT_INSTRUMENTATION_PG_ENABLED', 'maybe', /expected true or false; ignored$/),
  bad('FIRSTLIGHT_INSTRUMENTATION_PG_ENABLD', 'true', /did you mean FIRSTLIGHT_INSTRUMENTATION_PG_ENABLED\?$/),
  // Names
  bad('OTEL_SERVICENAME', 'shop', /did you mean OTEL_SERVICE_NAME\?$/),
  bad('OTLE_SERVICE_NAME', 'shop', /did you mean OTEL_SERVICE_NAME\?$/),
  bad('OTEL_EXPORTER_OLTP_ENDPOINT', 'http://x', /did you mean OTEL_EXPORTER_OTLP_ENDPOINT\?$/),
  bad('OTEL_TRACE_SAMPLER', 'always_on', /did you mean OTEL_TRACES_SAMPLER\?$/),
  bad('FIRSTLIGHT_ADMIN_TOKN', 's3cret', /did you mean FIRSTLIGHT_ADMIN_TOKEN\?$/),
  bad('FIRSTLIGHT_COLOUR', 'red', /is not a setting/),
  // Files
  bad('OTEL_CONFIG_FILE', '/nope.yaml', /\/nope.yaml: there is no such file; the application runs without telemetry$/),
  bad('OTEL_CONFIG_FILE', '/', /it is a directory, not a file/),
  bad('OTEL_EXPERIMENTAL_CONFIG_FILE', '/nope.yaml', /use OTEL_CONFIG_FILE$/),
  // Without effect
  bad('OTEL_EXPORTER_ZIPKIN_ENDPOINT', 'http://zipkin:9411/api/v2/spans', /there is no Zipkin exporter/),
  bad('OTEL_EXPORTER_JAEGER_AGENT_HOST', 'jaeger', /Jaeger takes OTLP$/),
  bad('OTEL_SEMCONV_STABILITY_OPT_IN', 'http/dup', /only the stable conventions are emitted$/),
];
