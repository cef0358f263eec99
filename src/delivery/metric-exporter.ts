import { ExportResultCode } from '@opentelemetry/core';
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { loadChunk } from '../chunk.ts';
import type { OtlpExporterPlan } from '../config/pipeline.ts';
import * as diag from '../diag.ts';
import type { Lane } from './lane.ts';
import { selectors } from './otlp/metric-selectors.ts';

/**
 * Takes what a reader has collected, as bytes. Done means queued: from there on it is the lane's, which counts data points
 * and sends collections one after the other, as sums must arrive.
 */
export function createMetricExporter(plan: OtlpExporterPlan, lane: Lane): PushMetricExporter {
  return {
    ...selectors(plan),
    export(metrics, done) {
      const points = countPoints(metrics);
      lane.ledger.ended += points;
      try {
        // No part of a start: loaded when there is something to send.
        const { encodeMetrics } = loadChunk<typeof import('./otlp/metrics.ts')>('encode-metrics');
        const body = encodeMetrics(metrics, plan.protocol);
        if (body.length <= lane.room()) lane.put(body, points);
        else lane.ledger.drop('queue_full', points);
      } catch (cause) {
        lane.ledger.drop('encoding_failed', points);
        diag.limited('encoding metrics', 'a collection of metrics cannot be encoded and is dropped', cause);
      }
      done({ code: ExportResultCode.SUCCESS });
    },
    forceFlush: lane.flush,
    shutdown: () => lane.flush().finally(lane.close),
  };
}

function countPoints({ scopeMetrics }: ResourceMetrics): number {
  let points = 0;
  for (const { metrics } of scopeMetrics) for (const { dataPoints } of metrics) points += dataPoints.length;
  return points;
}
