import { ExportResultCode } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { loadChunk } from '../chunk.ts';
import type { OtlpExporterPlan } from '../config/pipeline.ts';
import * as diag from '../diag.ts';
import type { Lane } from './lane.ts';
import { knownAttributes } from '../resource/known-attributes.ts';
import { selectors } from './otlp/metric-selectors.ts';

/**
 * Takes what a reader has collected, as bytes. Done means queued: from there on it is the lane's, which counts data points
 * and sends collections one after the other, as sums must arrive.
 */
export function createMetricExporter(plan: OtlpExporterPlan, lane: Lane, isIdle: () => boolean): PushMetricExporter {
  return {
    ...selectors(plan),
    export(metrics, done) {
      // Accounts in which nothing stands yet are not worth a request: somebody who stands aside at once sends none.
      if (isIdle() && metrics.scopeMetrics.every(({ scope }) => scope.name === 'firstlight')) {
        return done({ code: ExportResultCode.SUCCESS });
      }
      const points = countPoints(metrics);
      try {
        // No part of a start: loaded when there is something to send.
        const { encodeMetrics } = loadChunk<typeof import('./otlp/metrics.ts')>('encode-metrics');
        const body = encodeMetrics(settled(metrics), plan.protocol);
        if (body.length > lane.room()) {
          lane.ledger.turnAway('queue_full', points);
          diag.limited(
            'queue full metrics',
            'the queue of metric data points is full: a collection is dropped and counted',
          );
        } else {
          lane.ledger.take(points);
          lane.put(body, points);
        }
      } catch (cause) {
        lane.ledger.turnAway('encoding_failed', points);
        diag.limited('encoding metrics', 'a collection of metrics cannot be encoded and is dropped', cause);
      }
      done({ code: ExportResultCode.SUCCESS });
    },
    forceFlush: lane.flush,
    shutdown: () => lane.flush().finally(lane.close),
  };
}

/** At the end of a process its resource may be known in part. */
const settled = (metrics: ResourceMetrics): ResourceMetrics =>
  metrics.resource.asyncAttributesPending === true
    ? { ...metrics, resource: resourceFromAttributes(knownAttributes(metrics.resource)) }
    : metrics;

function countPoints({ scopeMetrics }: ResourceMetrics): number {
  let points = 0;
  for (const { metrics } of scopeMetrics) for (const { dataPoints } of metrics) points += dataPoints.length;
  return points;
}
