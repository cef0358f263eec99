import { setImmediate } from 'node:timers';
import type { Resource } from '@opentelemetry/resources';
import {
  ConsoleMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  type ScopeMetrics,
} from '@opentelemetry/sdk-metrics';
import type { Component } from '../component.ts';
import type { MetricsPlan, OtlpExporterPlan } from '../config/pipeline.ts';
import { observable } from '../metrics/instrument.ts';
import { collectNow } from './collect-now.ts';
import { dropped } from './guard/dropped.ts';
import { guardMetrics } from './guard/metrics.ts';
import { viewOf } from './views.ts';

export interface Metrics extends Component {
  readonly provider: MeterProvider;
  readonly forceFlush: () => Promise<void>;
  readonly shutdown: () => Promise<void>;
}

/**
 * What a process measures of itself. One that ends before its first export and has measured nothing else is not worth a
 * helper at its end: every tool that is run with NODE_OPTIONS would start one.
 */
const OF_PROCESS = new Set(['firstlight/runtime-node', 'firstlight']);
const isOfApplication = ({ scope }: ScopeMetrics): boolean => !OF_PROCESS.has(scope.name);

/**
 * Metrics: the readers that export are made here, by `toOtlp`, the one that is scraped is a part. An instrument keeps 2000
 * sets of attributes, the SDK's limit, where no view says otherwise. `aboutItself`: the SDK's metrics about its readers.
 */
export function createMetrics(
  plan: MetricsPlan,
  resource: Resource,
  parts: readonly Component[],
  toOtlp: (plan: OtlpExporterPlan) => PushMetricExporter,
  aboutItself: boolean,
): Metrics {
  guardMetrics();
  const exporting = plan.readers
    .filter((reader) => reader.kind === 'periodic')
    .map(({ exporter: to, interval, timeout }) => {
      const exporter = to.kind === 'console' ? new ConsoleMetricExporter() : toOtlp(to);
      const reader = new PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis: interval,
        exportTimeoutMillis: timeout,
      });
      return { exporter, reader, interval };
    });
  const provider = new MeterProvider({
    resource,
    views: [...plan.views.map(viewOf), ...parts.flatMap((part) => part.views ?? [])],
    readers: [...exporting.map(({ reader }) => reader), ...parts.flatMap((part) => part.metricReaders ?? [])],
    sdkMetricsEnabled: aboutItself,
  });
  observable(provider.getMeter('firstlight', FIRSTLIGHT_VERSION), 'firstlight.metrics.dropped').addCallback(
    (result) => {
      for (const [what, calls] of Object.entries(dropped)) {
        if (calls > 0) result.observe(calls, { 'firstlight.dropped': what });
      }
    },
  );
  let ended = false;
  let collected = false;
  return {
    name: 'metrics',
    provider,
    forceFlush: () => provider.forceFlush(),
    shutdown() {
      ended = true;
      return provider.shutdown();
    },
    // The last values. What exports them is asked for what it holds after this.
    pending() {
      if (ended || collected) return [];
      for (const { exporter, reader, interval } of exporting) {
        const last = collectNow(reader);
        if (performance.now() > interval || last.scopeMetrics.some(isOfApplication)) exporter.export(last, () => {});
      }
      // An end may come in two steps; where the event loop turns again it was none.
      collected = true;
      setImmediate(() => (collected = false)).unref();
      return [];
    },
  };
}
