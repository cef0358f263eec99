import type { MeterProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, SimpleSpanProcessor, TracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Component } from '../component.ts';
import type { Processor, TracesPlan } from '../config/pipeline.ts';
import { createSpanExporter } from './exporters.ts';
import { batchOptions, createLines, endings, type Line } from './processors.ts';
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
  const lines = createLines(
    parts.flatMap((part) => part.spanProcessors ?? []),
    plan.processors,
    (processor) => createLine(processor, meters),
  );
  const spanProcessors = lines.map(({ processor }) => processor);
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
  const { forceFlush, shutdown } = endings(lines);
  return {
    name: 'traces',
    provider,
    spanProcessors,
    forceFlush,
    shutdown: () => {
      end.abort();
      return shutdown();
    },
  };
}

function createLine(plan: Processor, meters: MeterProvider | undefined): Line<SpanProcessor> {
  const exporter = createSpanExporter(plan.exporter, meters);
  const about = { exporter, ...(meters && { selfObsMeterProvider: meters }) };
  const processor =
    plan.kind === 'simple'
      ? new SimpleSpanProcessor(about)
      : new BatchSpanProcessor({ ...about, ...batchOptions(plan) });
  return { processor, exporter };
}
