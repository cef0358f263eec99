import { maskUrl } from './mask.ts';
import { GRPC_ENDPOINT, grpcEndpoint, HTTP_ENDPOINT } from './otlp-rules.ts';
import type { OtlpExporterPlan, Protocol } from './pipeline.ts';
import type { Name, Settings } from './schema.ts';

/** OTLP as the variables describe it. https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */

export type Signal = 'TRACES' | 'METRICS' | 'LOGS';

/** The settings, which of them somebody set, and where to say what does not fit. */
export interface Reading {
  readonly settings: Settings;
  readonly isSet: (name: Name) => boolean;
  /** `reason` ends the line that begins with the variable and its value. */
  readonly complain: (name: Name, reason: string) => void;
}

export function otlpExporter(reading: Reading, signal: Signal): OtlpExporterPlan {
  const { settings } = reading;
  const protocol = settings[`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`];
  const { endpoint, insecure } = whereTo(reading, signal, protocol);
  const certificate = settings[`OTEL_EXPORTER_OTLP_${signal}_CERTIFICATE`];
  return {
    kind: 'otlp',
    protocol,
    endpoint,
    insecure,
    headers: { ...settings.OTEL_EXPORTER_OTLP_HEADERS, ...settings[`OTEL_EXPORTER_OTLP_${signal}_HEADERS`] },
    timeout: settings[`OTEL_EXPORTER_OTLP_${signal}_TIMEOUT`],
    compression: settings[`OTEL_EXPORTER_OTLP_${signal}_COMPRESSION`],
    ...(certificate === undefined ? {} : { certificate }),
    ...clientCertificate(reading, signal),
    ...(signal === 'METRICS'
      ? {
          temporality: settings.OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE,
          histogramAggregation: settings.OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION,
        }
      : {}),
  };
}

function whereTo(reading: Reading, signal: Signal, protocol: Protocol): { endpoint: string; insecure: boolean } {
  const { settings, complain } = reading;
  const endpoint = (protocol === 'grpc' ? grpcTarget : httpEndpoint)(reading, signal);
  const insecure = settings[`OTEL_EXPORTER_OTLP_${signal}_INSECURE`];
  if (insecure && /^https:/i.test(endpoint)) {
    const reason = `the endpoint ${new URL(endpoint).origin} asks for TLS; ignored`;
    complain(whoSet(reading, signal, 'INSECURE'), reason);
  }
  return { endpoint, insecure };
}

/** The variable a value comes from: that of the signal, or the general one. */
function whoSet(
  { isSet, settings }: Reading,
  signal: Signal,
  what: 'INSECURE' | 'CLIENT_KEY' | 'CLIENT_CERTIFICATE',
): Name {
  const general: Name = `OTEL_EXPORTER_OTLP_${what}`;
  const own: Name = `OTEL_EXPORTER_OTLP_${signal}_${what}`;
  return isSet(general) && settings[general] === settings[own] ? general : own;
}

const SIGNAL_PATH = /\/v1\/(traces|metrics|logs)\/?$/;

/** The general endpoint is a base to which the path of the signal is added; the one of a signal is used as it is. */
function httpEndpoint({ settings, complain }: Reading, signal: Signal): string {
  const path = `v1/${signal.toLowerCase()}`;
  for (const name of [`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const) {
    const given = settings[name];
    if (given === undefined) continue;
    if (/^https?:/i.test(given)) {
      if (name !== 'OTEL_EXPORTER_OTLP_ENDPOINT') return new URL(given).href;
      const base = given.replace(SIGNAL_PATH, '');
      if (base !== given) complain(name, `/v1/traces and its like are added to it, did you mean ${maskUrl(base)}?`);
      return below(given, path);
    }
    const instead = name === 'OTEL_EXPORTER_OTLP_ENDPOINT' ? HTTP_ENDPOINT : 'OTEL_EXPORTER_OTLP_ENDPOINT';
    complain(name, `expected an http:// or https:// URL, as the protocol is not grpc, using ${instead}`);
  }
  return `${HTTP_ENDPOINT}/${path}`;
}

function below(base: string, path: string): string {
  const url = new URL(base);
  url.pathname += url.pathname.endsWith('/') ? path : `/${path}`;
  return url.href;
}

function grpcTarget({ settings, complain }: Reading, signal: Signal): string {
  for (const name of [`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const) {
    const given = settings[name];
    if (given === undefined) continue;
    const target = grpcEndpoint.parse(given);
    if (target?.complaint !== undefined) complain(name, target.complaint);
    return target?.value ?? given;
  }
  return GRPC_ENDPOINT;
}

function clientCertificate(reading: Reading, signal: Signal): { clientKey?: string; clientCertificate?: string } {
  const clientKey = reading.settings[`OTEL_EXPORTER_OTLP_${signal}_CLIENT_KEY`];
  const clientCertificate = reading.settings[`OTEL_EXPORTER_OTLP_${signal}_CLIENT_CERTIFICATE`];
  if (clientKey !== undefined && clientCertificate !== undefined) return { clientKey, clientCertificate };
  if (clientKey === undefined && clientCertificate === undefined) return {};
  const [given, missing] =
    clientKey === undefined
      ? (['CLIENT_CERTIFICATE', 'CLIENT_KEY'] as const)
      : (['CLIENT_KEY', 'CLIENT_CERTIFICATE'] as const);
  const variable = whoSet(reading, signal, given);
  reading.complain(variable, `${variable.replace(given, missing)} is missing, using no client certificate`);
  return {};
}
