import { GRPC_ENDPOINT, grpcEndpoint, HTTP_ENDPOINT, headers as headerList, pemFile } from '../otlp-rules.ts';
import type { ExporterPlan, OtlpExporterPlan } from '../pipeline.ts';
import { httpUrl, LONGEST, oneOf, type Rule } from '../rules.ts';
import { schema } from '../schema.ts';
import type { Section } from './section.ts';

/** The exporter of a processor or a periodic reader. `undefined`, and a problem, for one we have not. */
export function exporter(parent: Section, signal: 'traces' | 'metrics' | 'logs'): ExporterPlan | undefined {
  const [kind, section] = parent.section('exporter')?.only() ?? [];
  if (section === undefined) return undefined;
  switch (kind) {
    case 'otlp_http': {
      const encoding = section.text('encoding') === 'json' ? 'http/json' : 'http/protobuf';
      const url = checked(section, 'endpoint', { rule: httpUrl, default: `${HTTP_ENDPOINT}/v1/${signal}` });
      return { ...otlp(section, signal), protocol: encoding, endpoint: url, insecure: false };
    }
    case 'otlp_grpc': {
      const target = checked(section, 'endpoint', { rule: grpcEndpoint, default: GRPC_ENDPOINT });
      return { ...otlp(section, signal), protocol: 'grpc', endpoint: target };
    }
    case 'console':
      return { kind: 'console' };
    default:
      section.refuse('there is no such exporter, only otlp_http, otlp_grpc and console; nothing is sent to it');
      return undefined;
  }
}

function otlp(section: Section, signal: string): Omit<OtlpExporterPlan, 'protocol' | 'endpoint'> {
  const tls = section.section('tls');
  const certificate = tls && file(tls, 'ca_file', 'the certificate authorities Node.js trusts');
  const clientKey = tls && file(tls, 'key_file', 'no client certificate');
  const clientCertificate = tls && file(tls, 'cert_file', 'no client certificate');
  if (tls && (clientKey === undefined) !== (clientCertificate === undefined)) {
    tls.complain(
      clientKey === undefined ? 'cert_file' : 'key_file',
      'key_file and cert_file belong together, using no client certificate',
    );
  }
  return {
    kind: 'otlp',
    headers: headers(section),
    timeout: unlimited(section.number('timeout')) ?? schema.OTEL_EXPORTER_OTLP_TIMEOUT.default,
    compression: checked(section, 'compression', schema.OTEL_EXPORTER_OTLP_COMPRESSION),
    insecure: tls?.flag('insecure') ?? false,
    ...(certificate === undefined ? {} : { certificate }),
    ...(clientKey === undefined || clientCertificate === undefined ? {} : { clientKey, clientCertificate }),
    ...(signal === 'metrics'
      ? {
          temporality: temporality(section),
          histogramAggregation: checked(
            section,
            'default_histogram_aggregation',
            schema.OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION,
          ),
        }
      : {}),
  };
}

const temporality = (section: Section): 'cumulative' | 'delta' | 'lowmemory' =>
  checked(section, 'temporality_preference', {
    rule: oneOf(['cumulative', 'delta', 'lowmemory'], { low_memory: 'lowmemory' }),
    default: schema.OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE.default,
  });

/** Zero means no limit. */
export const unlimited = (given: number | undefined): number | undefined =>
  given === 0 ? LONGEST : given === undefined ? undefined : Math.min(given, LONGEST);

function checked<T extends string>(
  section: Section,
  key: string,
  { rule, default: otherwise }: { readonly rule: Rule<T>; readonly default: T },
): T {
  const given = section.text(key);
  if (given === undefined || given === '') return otherwise;
  const parsed = rule.parse(given);
  if (parsed === undefined) section.complain(key, `expected ${rule.expected}, using ${otherwise}`);
  else if (parsed.complaint !== undefined) section.complain(key, parsed.complaint);
  return parsed?.value ?? otherwise;
}

function file(tls: Section, key: string, otherwise: string): string | undefined {
  const path = tls.text(key);
  if (path === undefined || path === '') return undefined;
  if (pemFile.parse(path) !== undefined) return path;
  tls.complain(key, `expected ${pemFile.expected}, using ${otherwise}`);
  return undefined;
}

/** Single headers beat those of the list. */
function headers(section: Section): Record<string, string> {
  const given = section.text('headers_list');
  const parsed = given ? headerList.parse(given) : undefined;
  if (given && parsed === undefined) section.complain('headers_list', `expected ${headerList.expected}; ignored`);
  if (parsed?.complaint !== undefined) section.complain('headers_list', parsed.complaint);
  const single = section.sections('headers').map((header) => [header.text('name'), header.value('value')]);
  return { ...parsed?.value, ...Object.fromEntries(single.filter(([name, value]) => name && value !== undefined)) };
}
