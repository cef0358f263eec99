import type { Meter } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  MeterProvider,
  MetricReader,
  type MeterProviderOptions,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { families } from '../../../src/bridges/prometheus/families.ts';
import { createNaming, type Translation } from '../../../src/bridges/prometheus/names.ts';
import { openMetrics } from '../../../src/bridges/prometheus/openmetrics.ts';
import { text } from '../../../src/bridges/prometheus/text.ts';
import type { Escaping } from '../../../src/bridges/prometheus/escaping.ts';

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

export interface How {
  readonly scopeInfo?: boolean;
  readonly targetInfo?: boolean;
  readonly translation?: Translation;
  readonly escaping?: Escaping;
  readonly format?: 'text' | 'openmetrics';
}

/** The same as served, without the labels of scope and target unless they are asked for. */
export async function served(use: Use, options: MeterProviderOptions = {}, how: How = {}): Promise<string> {
  return written(await collected(use, options), how);
}

export function written(
  metrics: ResourceMetrics,
  {
    scopeInfo = false,
    targetInfo = false,
    translation = 'underscore_escaping_with_suffixes',
    escaping = 'underscores',
    format = 'text',
  }: How = {},
): string {
  const isLate = (): boolean => false;
  const how = {
    naming: createNaming(translation, escaping),
    withScope: scopeInfo,
    withTarget: targetInfo,
    hidden: new Set<string>(),
    constant: [],
    labels: new Map(),
  };
  const steps = families(metrics, [], how, isLate);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return [...(format === 'text' ? text : openMetrics)(step.value, isLate)].join('');
}
