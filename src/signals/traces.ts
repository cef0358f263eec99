import type { Attributes, MeterProvider, SpanKind } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import { ConsoleSpanExporter, SimpleSpanProcessor, TracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Component } from '../component.ts';
import type { TracesPlan } from '../config/pipeline.ts';
import { guardTraces } from './guard/traces.ts';
import { isolatedSpanProcessor } from './isolated.ts';
import { createMeasuringSampler } from './measuring-sampler.ts';
import { createProcessors, endings, type ToOtlp } from './processors.ts';
import { createSampler } from './sampler.ts';

export interface Traces extends Component {
  readonly provider: TracerProvider;
  readonly spanProcessors: readonly SpanProcessor[];
  readonly forceFlush: () => Promise<void>;
  readonly shutdown: () => Promise<void>;
}

/**
 * Spans. Those of `parts` come before what exports, so that what they change is what is sent; `toOtlp` makes the last.
 * Without an exporter there are spans all the same: log records carry their ids, metrics their routes. `meters` takes the
 * SDK's metrics about itself, where they are wanted; spans that are `isMeasured` are recorded where they are not sampled.
 */
export function createTraces(
  plan: TracesPlan,
  resource: Resource,
  parts: readonly Component[],
  toOtlp: ToOtlp<SpanProcessor>,
  meters?: MeterProvider,
  isMeasured?: (kind: SpanKind, attributes: Attributes) => boolean,
): Traces {
  const spanProcessors = [
    ...parts.flatMap(({ name, spanProcessors = [] }) =>
      spanProcessors.map((processor) => isolatedSpanProcessor(name, processor)),
    ),
    ...createProcessors(plan.processors, resource, toOtlp, () =>
      isolatedSpanProcessor('console', new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() })),
    ),
  ];
  guardTraces();
  const { limits } = plan;
  const end = new AbortController();
  const sampler = createSampler(plan.sampler, resource, end.signal);
  const provider = new TracerProvider({
    resource,
    spanProcessors,
    sampler: isMeasured === undefined ? sampler : createMeasuringSampler(sampler, isMeasured),
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
  const { forceFlush, shutdown } = endings(spanProcessors);
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
