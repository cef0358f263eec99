import type { Meter } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  MeterProvider,
  MetricReader,
  type MeterProviderOptions,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { families } from '../../../src/bridges/prometheus/families.ts';
import { text } from '../../../src/bridges/prometheus/text.ts';

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

export type Use = (meter: (scope: string, version?: string) => Meter) => void;

/** What the SDK collects after the instruments were used. */
export async function collected(use: Use, options: MeterProviderOptions = {}): Promise<ResourceMetrics> {
  const reader = new Reader();
  const resource = resourceFromAttributes({ 'service.name': 'shop' });
  const provider = new MeterProvider({ resource, ...options, readers: [reader] });
  use((scope, version) => provider.getMeter(scope, version));
  return (await reader.collect()).resourceMetrics;
}

/** The same as served, without the labels of scope and target unless they are asked for. */
export async function served(
  use: Use,
  options: MeterProviderOptions = {},
  { scopeInfo = false, targetInfo = false } = {},
): Promise<string> {
  const metrics = await collected(use, options);
  return text(families(metrics, { withoutScopeInfo: !scopeInfo, withoutTargetInfo: !targetInfo }));
}
