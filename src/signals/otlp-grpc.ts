import type { MeterProvider } from '@opentelemetry/api';
import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base';
import {
  createEmptyMetadata,
  createInsecureCredentials,
  createOtlpGrpcExportDelegate,
  createSslCredentials,
} from '@opentelemetry/otlp-grpc-exporter-base';
import {
  LogsExporterMetricsHelper,
  MetricsExporterMetricsHelper,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
  type IExporterMetricsHelper,
  type ISerializer,
} from '@opentelemetry/otlp-transformer';
import type { OtlpExporterPlan } from '../config/pipeline.ts';
import type { OtlpExporters } from './exporters.ts';
import { readPem, shared } from './otlp-connection.ts';

export interface Target {
  /** As gRPC wants it: `host:port`, or a `unix:` path. */
  readonly address: string;
  readonly tls: boolean;
}

/** Where and how: the scheme decides about TLS, and where there is none, `insecure` does. */
export function targetOf({ endpoint, insecure }: Pick<OtlpExporterPlan, 'endpoint' | 'insecure'>): Target {
  const scheme = /^(https?):\/\//i.exec(endpoint)?.[1]?.toLowerCase();
  if (scheme === undefined) return { address: endpoint, tls: !insecure };
  const { hostname, port } = new URL(endpoint);
  // A URL drops the port that its scheme implies, and to gRPC the implied one is always 443.
  return { address: `${hostname}:${port || (scheme === 'https' ? 443 : 80)}`, tls: scheme === 'https' };
}

function delegate<Items, Response>(
  plan: OtlpExporterPlan,
  serializer: ISerializer<Items, Response>,
  component: string,
  helper: IExporterMetricsHelper<Items>,
  service: string,
  meters?: MeterProvider,
) {
  const { address, tls } = targetOf(plan);
  const options = {
    ...shared(plan),
    url: address,
    metadata: () => {
      const metadata = createEmptyMetadata();
      for (const [name, value] of Object.entries(plan.headers)) metadata.set(name, value);
      return metadata;
    },
    credentials: () => {
      if (!tls) return createInsecureCredentials();
      const { ca, key, cert } = readPem(plan);
      return createSslCredentials(ca, key, cert);
    },
  };
  const path = `/opentelemetry.proto.collector.${service}/Export`;
  return createOtlpGrpcExportDelegate(options, serializer, component, helper, meters, service, path);
}

export const exporters: OtlpExporters = {
  spans: (plan, meters) =>
    new OTLPExporterBase(
      delegate(
        plan,
        ProtobufTraceSerializer,
        'otlp_grpc_span_exporter',
        TraceExporterMetricsHelper,
        'trace.v1.TraceService',
        meters,
      ),
    ),
  metrics: (plan) =>
    new OTLPExporterBase(
      delegate(
        plan,
        ProtobufMetricsSerializer,
        'otlp_grpc_metric_exporter',
        MetricsExporterMetricsHelper,
        'metrics.v1.MetricsService',
      ),
    ),
  logs: (plan, meters) =>
    new OTLPExporterBase(
      delegate(
        plan,
        ProtobufLogsSerializer,
        'otlp_grpc_log_exporter',
        LogsExporterMetricsHelper,
        'logs.v1.LogsService',
        meters,
      ),
    ),
};
