import { endpoint, GRPC_ENDPOINT, headers, HTTP_ENDPOINT, pemFile } from '../otlp-rules.ts';
import { flag, oneOf, timeout } from '../rules.ts';
import { setting, type Setting } from '../setting.ts';

const everySignal = {
  OTEL_EXPORTER_OTLP_ENDPOINT: setting({
    rule: endpoint,
    fallback: `${HTTP_ENDPOINT}, for gRPC ${GRPC_ENDPOINT}`,
    doc: 'Where OTLP goes; for HTTP `/v1/traces`, `/v1/metrics` and `/v1/logs` are appended',
    file: 'endpoint',
  }),
  OTEL_EXPORTER_OTLP_PROTOCOL: setting({
    rule: oneOf(['grpc', 'http/protobuf', 'http/json']),
    default: 'http/protobuf',
    doc: 'How OTLP is spoken',
    file: 'encoding',
  }),
  OTEL_EXPORTER_OTLP_HEADERS: setting({
    rule: headers,
    default: {},
    doc: 'Headers of every export, as `name=value,name=value`; those of a signal are added to the general ones',
    secret: true,
    file: 'headers_list',
  }),
  OTEL_EXPORTER_OTLP_TIMEOUT: setting({
    rule: timeout,
    default: 10_000,
    unit: 'ms',
    doc: 'Longest time one attempt to deliver may take; what was not taken is tried again',
    file: 'timeout',
  }),
  OTEL_EXPORTER_OTLP_COMPRESSION: setting({
    rule: oneOf(['gzip', 'none']),
    default: 'none',
    doc: 'Compression of what is sent',
    file: 'compression',
  }),
  OTEL_EXPORTER_OTLP_CERTIFICATE: setting({
    rule: pemFile,
    fallback: 'the certificate authorities Node.js trusts',
    doc: 'Certificate authorities that may vouch for the receiver',
    file: 'tls.ca_file',
  }),
  OTEL_EXPORTER_OTLP_CLIENT_KEY: setting({
    rule: pemFile,
    fallback: 'no client certificate',
    doc: 'Private key of the client certificate',
    file: 'tls.key_file',
  }),
  OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: setting({
    rule: pemFile,
    fallback: 'no client certificate',
    doc: 'Client certificate shown to the receiver',
    file: 'tls.cert_file',
  }),
  OTEL_EXPORTER_OTLP_INSECURE: setting({
    rule: flag,
    default: false,
    doc: 'gRPC without TLS where the endpoint has no scheme',
    file: 'tls.insecure',
  }),
} as const;

const PREFIX = 'OTEL_EXPORTER_OTLP_';
type EverySignal = typeof everySignal;
type OfSignal<S extends string> = {
  readonly [
    N in keyof EverySignal as N extends `${typeof PREFIX}${infer Rest}` ? `${typeof PREFIX}${S}_${Rest}` : never
  ]: N extends `${string}_ENDPOINT` ? Setting<string | undefined> : EverySignal[N];
};

/** The endpoint of a signal is used as it stands and its headers are added: neither stands in for the general one. */
const COMBINED = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_HEADERS'];

function ofSignal<S extends string>(signal: S, subject: string, provider: string): OfSignal<S> {
  const rows = Object.entries<Setting<unknown>>(everySignal).map(([name, row]) => {
    const own = {
      ...row,
      doc: `For ${subject}: ${row.doc.charAt(0).toLowerCase()}${row.doc.slice(1)}`,
      file: `${provider}.exporter.otlp_http.${row.file}`,
      ...(COMBINED.includes(name) ? { fallback: name } : { inherits: name }),
      ...(name.endsWith('_ENDPOINT') ? { doc: `For ${subject}: where OTLP goes, path included` } : {}),
    };
    return [name.replace(PREFIX, `${PREFIX}${signal}_`), own];
  });
  // A loop over names has no type of its own; the mapped type says what the loop does.
  return Object.fromEntries(rows) as OfSignal<S>;
}

export const otlp = {
  ...everySignal,
  ...ofSignal('TRACES', 'traces', 'tracer_provider.processors[].batch'),
  ...ofSignal('METRICS', 'metrics', 'meter_provider.readers[].periodic'),
  ...ofSignal('LOGS', 'logs', 'logger_provider.processors[].batch'),
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: setting({
    rule: oneOf(['cumulative', 'delta', 'lowmemory']),
    default: 'cumulative',
    doc: 'Whether sums are sent as totals or as differences',
    file: 'meter_provider.readers[].periodic.exporter.otlp_http.temporality_preference',
  }),
  OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: setting({
    rule: oneOf(['explicit_bucket_histogram', 'base2_exponential_bucket_histogram']),
    default: 'explicit_bucket_histogram',
    doc: 'The kind of histogram that is sent',
    file: 'meter_provider.readers[].periodic.exporter.otlp_http.default_histogram_aggregation',
  }),
} as const;
