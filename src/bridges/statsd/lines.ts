/**
 * Collected metrics as lines: `name:3|c`, `name:12|g`, `name:320|ms|@0.1`. Made one by one as they are asked for, so that
 * many series do not hold up the event loop.
 */
import { DataPointType, type MetricData, type ScopeMetrics } from '@opentelemetry/sdk-metrics';
import { guideLines } from './guide-names.ts';
import { counter, gauge, timer } from './line.ts';
import { labelOf, type Format } from './names.ts';

export function* lines(scopeMetrics: readonly ScopeMetrics[], format: Format): Generator<string> {
  for (const { metrics } of scopeMetrics) {
    for (const metric of metrics) {
      yield* linesOf(metric, format);
      yield* guideLines(metric, format);
    }
  }
}

function* linesOf(metric: MetricData, format: Format): Generator<string> {
  const { name, unit } = metric.descriptor;
  switch (metric.dataPointType) {
    case DataPointType.SUM:
    case DataPointType.GAUGE: {
      const line = metric.dataPointType === DataPointType.SUM && metric.isMonotonic ? counter : gauge;
      for (const { attributes, value } of metric.dataPoints) yield* line(labelOf(name, attributes, format), value);
      return;
    }
    default:
      for (const { attributes, value } of metric.dataPoints) {
        yield* timer(labelOf(name, attributes, format), value, unit, format);
      }
  }
}
