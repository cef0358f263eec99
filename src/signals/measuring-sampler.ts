import type { Attributes, SpanKind } from '@opentelemetry/api';
import { SamplingDecision, type Sampler } from '@opentelemetry/sdk-trace';

/**
 * Records those of the spans that are not sampled of which metrics are made: they end before the same processors, without
 * the flag that what exports looks for, and what lies below them is sampled as little as before.
 */
export const createMeasuringSampler = (
  sampler: Sampler,
  isMeasured: (kind: SpanKind, attributes: Attributes) => boolean,
): Sampler => ({
  shouldSample(context, traceId, name, kind, attributes, links) {
    const result = sampler.shouldSample(context, traceId, name, kind, attributes, links);
    return result.decision === SamplingDecision.NOT_RECORD && isMeasured(kind, attributes)
      ? { ...result, decision: SamplingDecision.RECORD }
      : result;
  },
  toString: () => sampler.toString(),
});
