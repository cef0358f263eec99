import type { Resource } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { Component } from '../component.ts';
import type { MetricsPlan } from '../config/pipeline.ts';
import { createMetricExporter } from './exporters.ts';
import { viewOf } from './views.ts';

export interface Metrics extends Component {
  readonly provider: MeterProvider;
  readonly forceFlush: () => Promise<void>;
  readonly shutdown: () => Promise<void>;
}

/**
 * Metrics: the readers that export are made here, the one that is scraped is a part. An instrument keeps 2000 sets of
 * attributes, the SDK's limit, where no view says otherwise. `aboutItself`: the SDK's metrics about its readers.
 */
export function createMetrics(
  plan: MetricsPlan,
  resource: Resource,
  parts: readonly Component[],
  aboutItself: boolean,
): Metrics {
  const exporting = plan.readers.filter((reader) => reader.kind === 'periodic');
  const provider = new MeterProvider({
    resource,
    views: [...plan.views.map(viewOf), ...parts.flatMap((part) => part.views ?? [])],
    readers: [
      ...exporting.map(
        ({ exporter, interval, timeout }) =>
          new PeriodicExportingMetricReader({
            exporter: createMetricExporter(exporter),
            exportIntervalMillis: interval,
            exportTimeoutMillis: timeout,
          }),
      ),
      ...parts.flatMap((part) => part.metricReaders ?? []),
    ],
    sdkMetricsEnabled: aboutItself,
  });
  return {
    name: 'metrics',
    provider,
    forceFlush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
  };
}
