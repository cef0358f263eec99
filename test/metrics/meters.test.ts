/** A metric of the catalogue is the same, whoever measures it. */
import { join } from 'node:path';
import { createNoopMeter, ValueType } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import { metersByCatalogue } from '../../src/instrumentations/meters.ts';
import { catalogue } from '../../src/metrics/catalogue.ts';
import { runFile } from '../instrumentations/library.ts';

test('requests by fetch and by node:http have the bounds of the catalogue', async () => {
  const { metrics, end } = await runFile(join(import.meta.dirname, 'bodies/http.cjs'));
  expect(end.stderr).toBe('');
  const { bounds, unit, doc } = catalogue['http.client.request.duration'];
  const durations = metrics.filter(({ name }) => name === 'http.client.request.duration');
  expect(durations.map(({ scope }) => scope.name).toSorted()).toEqual([
    '@opentelemetry/instrumentation-http',
    'firstlight/undici',
  ]);
  for (const duration of durations) {
    expect(duration).toMatchObject({ unit, description: doc });
    expect(duration.points.map((point) => [point.count, point.bounds])).toEqual([[1, bounds]]);
  }
});

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

test('names, units and types: the catalogue decides, what it does not have is left alone, what is measured elsewhere is not', async () => {
  const reader = new Reader();
  const provider = metersByCatalogue(new MeterProvider({ readers: [reader] }), new Set(['elsewhere']));
  const meter = provider.getMeter('upstream', '1.0.0');
  const pending = 'db.client.connection.pending_requests';
  meter
    .createUpDownCounter(pending, { unit: '{connection}', description: 'Other', valueType: ValueType.DOUBLE })
    .add(1);
  meter.createCounter('own', { unit: '{own}', description: 'Its own' }).add(1);
  meter.createCounter('constructor').add(1);
  const elsewhere = meter.createHistogram('elsewhere');
  elsewhere.record(1);
  expect(elsewhere).toBe(createNoopMeter().createHistogram(''));
  const observed = meter.createObservableGauge('observed');
  meter.addBatchObservableCallback((result) => result.observe(observed, 3), [observed]);
  const { resourceMetrics } = await reader.collect();
  const [scope] = resourceMetrics.scopeMetrics;
  expect(scope?.scope).toMatchObject({ name: 'upstream', version: '1.0.0' });
  expect(scope?.metrics.map(({ descriptor }) => descriptor)).toMatchObject([
    { name: pending, unit: '{request}', description: catalogue[pending].doc, valueType: ValueType.INT },
    { name: 'own', unit: '{own}', description: 'Its own' },
    { name: 'constructor' },
    { name: 'observed' },
  ]);
});
