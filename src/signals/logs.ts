import type { MeterProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import {
  ConsoleLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
  type LogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import type { Component } from '../component.ts';
import type { LogsPlan } from '../config/pipeline.ts';
import { boundedBody } from './bounded-body.ts';
import { guardLogs } from './guard/logs.ts';
import { isolatedLogRecordProcessor } from './isolated.ts';
import { createProcessors, endings, type ToOtlp } from './processors.ts';

export interface Logs extends Component {
  readonly provider: LoggerProvider;
  readonly logRecordProcessors: readonly LogRecordProcessor[];
  readonly forceFlush: () => Promise<void>;
  readonly shutdown: () => Promise<void>;
}

/** Log records. Those of `parts` come before what exports, as for spans; `toOtlp` and `meters` likewise. */
export function createLogs(
  plan: LogsPlan,
  resource: Resource,
  parts: readonly Component[],
  toOtlp: ToOtlp<LogRecordProcessor>,
  meters?: MeterProvider,
): Logs {
  const logRecordProcessors = [
    ...parts.flatMap(({ name, logRecordProcessors = [] }) =>
      logRecordProcessors.map((processor) => isolatedLogRecordProcessor(name, processor)),
    ),
    ...createProcessors(plan.processors, resource, toOtlp, () =>
      isolatedLogRecordProcessor('console', new SimpleLogRecordProcessor({ exporter: new ConsoleLogRecordExporter() })),
    ),
  ];
  guardLogs();
  const provider = new LoggerProvider({
    resource,
    processors: [boundedBody, ...logRecordProcessors],
    logRecordLimits: {
      attributeCountLimit: plan.limits.attributeCount,
      attributeValueLengthLimit: plan.limits.attributeValueLength ?? Infinity,
    },
    ...(meters && { meterProvider: meters }),
  });
  return { name: 'logs', provider, logRecordProcessors, ...endings(logRecordProcessors) };
}
