import type { Meter } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MetricReader, type IMetricReader, type MetricData, type ViewOptions } from '@opentelemetry/sdk-metrics';
import { expect, test, vi } from 'vitest';
import type { ViewPlan } from '../../src/config/pipeline.ts';
import { createMetrics } from '../../src/signals/metrics.ts';
import { delivery } from './plans.ts';

vi.mock('../../src/chunk.ts', () => import('../support/source-chunks.ts'));

class Scraped extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

/** What one collection yields after `record` has used a meter. */
async function collected(
  record: (meter: Meter) => void,
  plans: readonly ViewPlan[] = [],
  views: readonly ViewOptions[] = [],
): Promise<MetricData[]> {
  const reader: IMetricReader = new Scraped();
  const resource = resourceFromAttributes({ 'service.name': 'shop' });
  const part = { name: 'test', metricReaders: [reader], views };
  const { provider } = createMetrics({ readers: [], views: plans }, resource, [part], delivery().metricExporter, false);
  record(provider.getMeter('shop', '1.0.0'));
  const { resourceMetrics, errors } = await reader.collect();
  expect(errors).toEqual([]);
  expect(resourceMetrics.resource.attributes).toEqual({ 'service.name': 'shop' });
  return resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
}

const names = (metrics: readonly MetricData[]): string[] => metrics.map((metric) => metric.descriptor.name);
const attributes = (metrics: readonly MetricData[]) =>
  metrics.flatMap((metric) => metric.dataPoints.map((point) => point.attributes));

test('readers and views of other parts take part', async () => {
  const metrics = await collected((meter) => meter.createCounter('a').add(1), [], [{ instrumentName: 'a', name: 'b' }]);
  expect(names(metrics)).toEqual(['b']);
});

test('a reader that is scraped is nothing to make here', () => {
  const prometheus = { kind: 'prometheus', port: 0, withoutTargetInfo: false } as const;
  const { provider } = createMetrics(
    { readers: [prometheus], views: [] },
    resourceFromAttributes({}),
    [],
    delivery().metricExporter,
    false,
  );
  expect(() => provider.getMeter('shop').createCounter('a').add(1)).not.toThrow();
});

function crowd(meter: Meter): void {
  const counter = meter.createCounter('a');
  for (let i = 0; i < 2100; i++) counter.add(1, { i });
}

test('an instrument keeps 2000 sets of attributes, and a view may say otherwise', async () => {
  expect(attributes(await collected(crowd)).length).toBe(2000);
  const few = attributes(await collected(crowd, [{ selector: { instrumentName: 'a' }, cardinalityLimit: 10 }]));
  expect(few.length).toBe(10);
  expect(few).toContainEqual({ 'otel.metric.overflow': true });
});

function mixture(meter: Meter): void {
  meter.createHistogram('latency', { unit: 'ms' }).record(7);
  meter.createHistogram('size', { unit: 'By' }).record(7);
  meter.createCounter('dropped').add(1);
  meter.createGauge('kept').record(1);
}

test('a view renames, describes and aggregates the instruments it selects', async () => {
  const metrics = await collected(mixture, [
    {
      selector: { instrumentName: 'latency', instrumentType: 'histogram', meterName: 'shop', meterVersion: '1.0.0' },
      name: 'wait',
      description: 'how long',
      aggregation: { kind: 'explicit_bucket_histogram', boundaries: [5, 10], recordMinMax: false },
    },
    { selector: { unit: 'By' }, aggregation: { kind: 'base2_exponential_bucket_histogram', maxSize: 20 } },
    { selector: { instrumentName: 'drop*' }, aggregation: { kind: 'drop' } },
    { selector: { instrumentName: 'kept', meterName: 'another' }, aggregation: { kind: 'drop' } },
  ]);
  expect(names(metrics)).toEqual(['wait', 'size', 'kept']);
  expect(metrics[0]).toMatchObject({
    descriptor: { description: 'how long', unit: 'ms' },
    dataPoints: [{ value: { buckets: { boundaries: [5, 10], counts: [0, 1, 0] }, sum: 7 } }],
  });
  expect(metrics[0]?.dataPoints[0]?.value).not.toHaveProperty('min', 7);
  expect(metrics[1]?.dataPoints[0]?.value).toHaveProperty('scale');
});

test('a histogram by view has the boundaries of the specification where it names none', async () => {
  const plan: ViewPlan = { selector: { instrumentName: 'a' }, aggregation: { kind: 'explicit_bucket_histogram' } };
  const [histogram] = await collected((meter) => meter.createHistogram('a').record(1), [plan]);
  expect(histogram?.dataPoints[0]?.value).toMatchObject({
    buckets: { boundaries: [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000] },
  });
});

test.each<[string, NonNullable<ViewPlan['attributeKeys']>, readonly string[]]>([
  ['included', { included: ['method', 'route'] }, ['method', 'route']],
  ['excluded', { excluded: ['user.id'] }, ['method', 'route', 'user.name', 'user.ip']],
  ['patterns', { included: ['user.*', 'm?thod'], excluded: ['user.i?'] }, ['method', 'user.name']],
  ['everything', { excluded: ['*'] }, []],
  ['a dot is a dot', { included: ['user.?d', 'useryid', 'userxip'] }, ['user.id']],
])('attributes are kept by %s', async (_what, attributeKeys, kept) => {
  const all = { method: 'GET', route: '/', 'user.id': '1', 'user.name': 'ann', 'user.ip': '::1' };
  const metrics = await collected((meter) => meter.createCounter('a').add(1, all), [{ selector: {}, attributeKeys }]);
  expect(Object.keys(attributes(metrics)[0] ?? {}).toSorted()).toEqual([...kept].toSorted());
});
