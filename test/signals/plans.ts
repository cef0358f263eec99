import { createDelivery, type DeliveryOptions, type OtlpDelivery } from '../../src/delivery/delivery.ts';
import type {
  BatchProcessor,
  OtlpExporterPlan,
  Processor,
  SamplerPlan,
  TracesPlan,
} from '../../src/config/pipeline.ts';

/** Plans as the settings make them by default, for tests that look at one thing. */

export const delivery = (more: Partial<DeliveryOptions> = {}): OtlpDelivery =>
  createDelivery({ queueSize: 33_554_432, maxAge: 600_000, hold: 200, ...more });

export const otlp = (endpoint: string, more: Partial<OtlpExporterPlan> = {}): OtlpExporterPlan => ({
  kind: 'otlp',
  protocol: 'http/protobuf',
  endpoint,
  headers: {},
  timeout: 10_000,
  compression: 'none',
  insecure: false,
  ...more,
});

export const batch = (exporter: OtlpExporterPlan): BatchProcessor => ({
  kind: 'batch',
  exporter,
  scheduleDelay: 5000,
  exportTimeout: 30_000,
  maxExportBatchSize: 512,
});

export const alwaysOn: SamplerPlan = { kind: 'parentbased', root: { kind: 'always_on' } };

export const traces = (processors: readonly Processor[], more: Partial<TracesPlan> = {}): TracesPlan => ({
  processors,
  sampler: alwaysOn,
  limits: { attributeCount: 128, eventCount: 128, linkCount: 128, attributesPerEvent: 128, attributesPerLink: 128 },
  ...more,
});
