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
import { boundedBody } from './bounded-body.ts';
import { createLogExporter } from './exporters.ts';
import { batchOptions, createLines, endings, type Line } from './processors.ts';

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
  const lines = createLines(
    parts.flatMap((part) => part.logRecordProcessors ?? []),
    plan.processors,
    (processor) => createLine(processor, meters),
  );
  const logRecordProcessors = lines.map(({ processor }) => processor);
  const provider = new LoggerProvider({
    resource,
    processors: [boundedBody, ...logRecordProcessors],
    logRecordLimits: {
      attributeCountLimit: plan.limits.attributeCount,
      attributeValueLengthLimit: plan.limits.attributeValueLength ?? Infinity,
    },
    ...(meters && { meterProvider: meters }),
  });
  return { name: 'logs', provider, logRecordProcessors, ...endings(lines) };
}

function createLine(plan: Processor, meters: MeterProvider | undefined): Line<LogRecordProcessor> {
  const exporter = createLogExporter(plan.exporter, meters);
  const about = { exporter, ...(meters && { selfObsMeterProvider: meters }) };
  const processor =
    plan.kind === 'simple'
      ? new SimpleLogRecordProcessor(about)
      : new BatchLogRecordProcessor({ ...about, ...batchOptions(plan) });
  return { processor, exporter };
}
