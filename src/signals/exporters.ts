import type { MeterProvider } from '@opentelemetry/api';
import { ConsoleLogRecordExporter, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import { ConsoleMetricExporter, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { ConsoleSpanExporter, type SpanExporter } from '@opentelemetry/sdk-trace';
import { loadChunk } from '../chunk.ts';
import type { ExporterPlan, OtlpExporterPlan } from '../config/pipeline.ts';
import { reportingFailures } from './report-failures.ts';

/** What a chunk with a transport offers. `meters` takes the `otel.sdk.exporter.*` metrics, where they are wanted. */
export interface OtlpExporters {
  spans(plan: OtlpExporterPlan, meters: MeterProvider | undefined): SpanExporter;
  metrics(plan: OtlpExporterPlan): PushMetricExporter;
  logs(plan: OtlpExporterPlan, meters: MeterProvider | undefined): LogRecordExporter;
}

/** Only the transport somebody asked for is loaded: gRPC alone is 65 modules. */
const otlp = ({ protocol }: OtlpExporterPlan): OtlpExporters =>
  protocol === 'grpc'
    ? loadChunk<typeof import('./otlp-grpc.ts')>('otlp-grpc').exporters
    : loadChunk<typeof import('./otlp-http.ts')>('otlp-http').exporters;

export function createSpanExporter(plan: ExporterPlan, meters?: MeterProvider): SpanExporter {
  if (plan.kind === 'console') return new ConsoleSpanExporter();
  return reportingFailures(otlp(plan).spans(plan, meters), 'traces', plan);
}

export function createMetricExporter(plan: ExporterPlan): PushMetricExporter {
  if (plan.kind === 'console') return new ConsoleMetricExporter();
  return reportingFailures(otlp(plan).metrics(plan), 'metrics', plan);
}

export function createLogExporter(plan: ExporterPlan, meters?: MeterProvider): LogRecordExporter {
  if (plan.kind === 'console') return new ConsoleLogRecordExporter();
  return reportingFailures(otlp(plan).logs(plan, meters), 'log records', plan);
}
