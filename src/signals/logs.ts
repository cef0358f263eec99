import type { MeterProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import {
  BatchLogRecordProcessor,
  LoggerProvider,
  SimpleLogRecordProcessor,
  type LogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import type { Component } from '../component.ts';
import type { LogsPlan, Processor } from '../config/pipeline.ts';
import { createLogExporter } from './exporters.ts';

export interface Logs extends Component {
  readonly provider: LoggerProvider;
  readonly logRecordProcessors: readonly LogRecordProcessor[];
  readonly forceFlush: () => Promise<void>;
  readonly shutdown: () => Promise<void>;
}

/** Log records. Those of `parts` come before the exporters, as for spans; `meters` likewise. */
export function createLogs(
  plan: LogsPlan,
  resource: Resource,
  parts: readonly Component[],
  meters?: MeterProvider,
): Logs {
  const logRecordProcessors = [
    ...parts.flatMap((part) => part.logRecordProcessors ?? []),
    ...plan.processors.map((processor) => createProcessor(processor, meters)),
  ];
  const provider = new LoggerProvider({
    resource,
    processors: logRecordProcessors,
    logRecordLimits: {
      attributeCountLimit: plan.limits.attributeCount,
      attributeValueLengthLimit: plan.limits.attributeValueLength ?? Infinity,
    },
    ...(meters && { meterProvider: meters }),
  });
  return {
    name: 'logs',
    provider,
    logRecordProcessors,
    forceFlush: async () => void (await Promise.all(logRecordProcessors.map((processor) => processor.forceFlush()))),
    shutdown: () => provider.shutdown(),
  };
}

function createProcessor(plan: Processor, meters: MeterProvider | undefined): LogRecordProcessor {
  const exporter = createLogExporter(plan.exporter, meters);
  const about = { exporter, ...(meters && { selfObsMeterProvider: meters }) };
  if (plan.kind === 'simple') return new SimpleLogRecordProcessor(about);
  return new BatchLogRecordProcessor({
    ...about,
    scheduledDelayMillis: plan.scheduleDelay,
    exportTimeoutMillis: plan.exportTimeout,
    maxQueueSize: plan.maxQueueSize,
    maxExportBatchSize: plan.maxExportBatchSize,
  });
}
