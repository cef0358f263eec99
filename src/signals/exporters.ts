import type { MeterProvider } from '@opentelemetry/api';
import { ConsoleLogRecordExporter, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import { ConsoleMetricExporter, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { ConsoleSpanExporter, type SpanExporter } from '@opentelemetry/sdk-trace';
import type { ExportResult } from '@opentelemetry/core';
import { loadChunk } from '../chunk.ts';
import type { ExporterPlan, OtlpExporterPlan } from '../config/pipeline.ts';
import { selectors } from './otlp-metrics.ts';
import { reportingFailures } from './report-failures.ts';

/** What a chunk with a transport offers. `meters` takes the `otel.sdk.exporter.*` metrics, where they are wanted. */
export interface OtlpExporters {
  spans(plan: OtlpExporterPlan, meters: MeterProvider | undefined): SpanExporter;
  metrics(plan: OtlpExporterPlan): Pick<PushMetricExporter, 'export' | 'forceFlush' | 'shutdown'>;
  logs(plan: OtlpExporterPlan, meters: MeterProvider | undefined): LogRecordExporter;
}

export function createSpanExporter(plan: ExporterPlan, meters?: MeterProvider): SpanExporter {
  if (plan.kind === 'console') return new ConsoleSpanExporter();
  return reportingFailures(
    onFirstExport(() => otlp(plan).spans(plan, meters)),
    'traces',
    plan,
  );
}

export function createMetricExporter(plan: ExporterPlan): PushMetricExporter {
  if (plan.kind === 'console') return new ConsoleMetricExporter();
  const exporter = onFirstExport(() => otlp(plan).metrics(plan));
  return Object.assign(reportingFailures(exporter, 'metrics', plan), selectors(plan));
}

export function createLogExporter(plan: ExporterPlan, meters?: MeterProvider): LogRecordExporter {
  if (plan.kind === 'console') return new ConsoleLogRecordExporter();
  return reportingFailures(
    onFirstExport(() => otlp(plan).logs(plan, meters)),
    'log records',
    plan,
  );
}

/** Only the transport somebody asked for is loaded: gRPC alone is 65 modules. */
const otlp = ({ protocol }: OtlpExporterPlan): OtlpExporters =>
  protocol === 'grpc'
    ? loadChunk<typeof import('./otlp-grpc.ts')>('otlp-grpc').exporters
    : loadChunk<typeof import('./otlp-http.ts')>('otlp-http').exporters;

interface Exporter<Items> {
  export(items: Items, done: (result: ExportResult) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
}

/** Encoders and transports are no part of a start: they are loaded when there is something to send. */
function onFirstExport<Items>(create: () => Exporter<Items>): Required<Exporter<Items>> {
  let exporter: Exporter<Items> | undefined;
  return {
    export: (items, done) => (exporter ??= create()).export(items, done),
    forceFlush: async () => exporter?.forceFlush?.(),
    shutdown: async () => exporter?.shutdown(),
  };
}
