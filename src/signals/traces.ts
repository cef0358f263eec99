import type { MeterProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, SimpleSpanProcessor, TracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Component } from '../component.ts';
import type { Processor, TracesPlan } from '../config/pipeline.ts';
import { createSpanExporter } from './exporters.ts';
import { createSampler } from './sampler.ts';

export interface Traces extends Component {
  readonly provider: TracerProvider;
  readonly spanProcessors: readonly SpanProcessor[];
  readonly forceFlush: () => Promise<void>;
  readonly shutdown: () => Promise<void>;
}

/**
 * Spans. Those of `parts` come before the exporters, so that what they change is what is sent. Without an exporter
 * there are spans all the same: log records carry their ids, metrics their routes. `meters` takes the SDK's metrics
 * about itself, where they are wanted.
 */
export function createTraces(
  plan: TracesPlan,
  resource: Resource,
  parts: readonly Component[],
  meters?: MeterProvider,
): Traces {
  const spanProcessors = [
    ...parts.flatMap((part) => part.spanProcessors ?? []),
    ...plan.processors.map((processor) => createProcessor(processor, meters)),
  ];
  const { limits } = plan;
  const end = new AbortController();
  const provider = new TracerProvider({
    resource,
    spanProcessors,
    sampler: createSampler(plan.sampler, resource, end.signal),
    spanLimits: {
      attributeCountLimit: limits.attributeCount,
      attributeValueLengthLimit: limits.attributeValueLength ?? Infinity,
      eventCountLimit: limits.eventCount,
      linkCountLimit: limits.linkCount,
      attributePerEventCountLimit: limits.attributesPerEvent,
      attributePerLinkCountLimit: limits.attributesPerLink,
    },
    ...(meters && { meterProvider: meters }),
  });
  return {
    name: 'traces',
    provider,
    spanProcessors,
    // Not the provider's own: its flush adds a timer of 30 s that holds the process, and both give up all exporters
    // with the first that fails.
    forceFlush: () => all(spanProcessors.map((processor) => processor.forceFlush())),
    shutdown: () => {
      end.abort();
      return all(spanProcessors.map((processor) => processor.shutdown()));
    },
  };
}

async function all(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function createProcessor(plan: Processor, meters: MeterProvider | undefined): SpanProcessor {
  const exporter = createSpanExporter(plan.exporter, meters);
  const about = { exporter, ...(meters && { selfObsMeterProvider: meters }) };
  if (plan.kind === 'simple') return new SimpleSpanProcessor(about);
  return new BatchSpanProcessor({
    ...about,
    scheduledDelayMillis: plan.scheduleDelay,
    exportTimeoutMillis: plan.exportTimeout,
    maxQueueSize: plan.maxQueueSize,
    maxExportBatchSize: plan.maxExportBatchSize,
  });
}
