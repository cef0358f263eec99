import type { Attributes, Meter } from '@opentelemetry/api';
import { AggregationType, MeterProvider, type MeterProviderOptions } from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import type { Derived } from '../../src/derived.ts';
import { createDerive } from '../../src/metrics/derive.ts';
import { guideNames, namedByGuides } from '../../src/metrics/guide-names.ts';
import { histogram, observable } from '../../src/metrics/instrument.ts';
import { createPullReader } from '../../src/signals/pull-reader.ts';

const options = {
  guide: guideNames({ slowQuery: 1 }),
  apdexThreshold: 0.5,
  objectives: { availability: 0.9, latency: [{ objective: 0.5, within: 500 }] },
};

/** What is derived of what the meter was used for, as `name{label="value"} value`; of a histogram its count. */
async function derived(use: (meter: Meter) => void, views: MeterProviderOptions = {}): Promise<Record<string, number>> {
  const { reader, collect } = createPullReader('always_off');
  use(new MeterProvider({ ...views, readers: [reader] }).getMeter('test'));
  const { scopeMetrics } = await collect(1000);
  return Object.fromEntries(
    [...createDerive(options)(scopeMetrics)].filter((made) => made !== undefined).flatMap(lines),
  );
}

const lines = ({ name, series }: Derived): (readonly [string, number])[] =>
  [...series].map(([labels, value]) => [
    `${name}{${Object.entries(labels)
      .map(([key, text]) => `${key}="${String(text)}"`)
      .join(',')}}`,
    typeof value === 'number' ? value : value.count,
  ]);

const request = (status: number | undefined, route?: string, method = 'GET'): Attributes => ({
  'http.request.method': method,
  ...(status !== undefined && { 'http.response.status_code': status }),
  ...(route !== undefined && { 'http.route': route }),
  ...(status === undefined && { 'error.type': 'aborted' }),
  ...(status !== undefined && status >= 500 && { 'error.type': String(status) }),
  'network.protocol.version': status === 204 ? '1.1' : '2',
});

test('requests are counted by method, route and status, whatever else tells their series apart', async () => {
  const found = await derived((meter) => {
    const duration = histogram(meter, 'http.server.request.duration');
    for (const status of [200, 204, 200]) duration.record(0.1, request(status, '/users/:id'));
    duration.record(0.7, request(500, '/users/:id'));
    duration.record(3, request(404));
    duration.record(0.2, request(undefined));
  });
  expect(found).toMatchObject({
    'http_requests_total{method="GET",endpoint="/users/:id",status="200",status_code="200"}': 2,
    'http_requests_total{method="GET",endpoint="/users/:id",status="204",status_code="204"}': 1,
    'http_requests_total{method="GET",endpoint="/users/:id",status="500",status_code="500"}': 1,
    'http_requests_total{method="GET",endpoint="unmatched",status="404",status_code="404"}': 1,
    'http_requests_total{method="GET",endpoint="unmatched",status="aborted",status_code="aborted"}': 1,
    'http_request_duration_seconds{method="GET",endpoint="/users/:id"}': 4,
    'api_errors_total{error_type="500",endpoint="/users/:id"}': 1,
    // Four satisfied, one tolerated, one frustrated.
    'apdex_score{}': (4 + 1 / 2) / 6,
    'slo_ratio{slo="availability"}': 5 / 6,
    'slo_ratio{slo="latency_500ms"}': 4 / 6,
  });
  expect(found['slo_error_budget_remaining_ratio{slo="availability"}']).toBeCloseTo(1 - 1 / 6 / 0.1);
  expect(found['slo_error_budget_remaining_ratio{slo="latency_500ms"}']).toBeCloseTo(1 - 2 / 6 / 0.5);
});

test('where nobody has asked, all are satisfied and nobody is being answered', async () => {
  expect(await derived(() => {})).toMatchObject({
    'apdex_score{}': 1,
    'http_requests_active{}': 0,
    'active_connections{}': 0,
    'slo_ratio{slo="availability"}': 1,
    'slo_error_budget_remaining_ratio{slo="availability"}': 1,
  });
});

test('operations of databases: kinds, errors, deadlocks, and those that are slow', async () => {
  const found = await derived((meter) => {
    const duration = histogram(meter, 'db.client.operation.duration');
    const postgres = { 'db.system.name': 'postgresql', 'server.address': 'db', 'server.port': 5432 };
    duration.record(0.01, { ...postgres, 'db.operation.name': 'SELECT' });
    duration.record(1.5, { ...postgres, 'db.operation.name': 'select' });
    duration.record(2, { ...postgres, 'db.operation.name': 'UPDATE', 'error.type': '40P01' });
  });
  expect(found).toMatchObject({
    'database_queries_total{query_type="select"}': 2,
    'database_query_duration_seconds{query_type="update"}': 1,
    'db_query_duration_seconds{query_type="select"}': 2,
    'db_slow_queries_total{query_type="select"}': 1,
    'db_slow_queries_total{query_type="update"}': 1,
    'db_errors_total{error_type="40P01"}': 1,
    'db_deadlocks_total{}': 1,
    'dependency_requests_total{dependency="db:5432",type="postgresql"}': 3,
    'dependency_errors_total{dependency="db:5432",type="postgresql"}': 1,
    'dependency_duration_seconds{dependency="db:5432",type="postgresql"}': 3,
  });
});

test('pools, caches and queues: only what is in use, only what waits', async () => {
  const found = await derived((meter) => {
    const pool = { 'db.client.connection.pool.name': 'a' };
    observable(meter, 'db.client.connection.count').addCallback((result) => {
      result.observe(3, { ...pool, 'db.client.connection.state': 'used' });
      result.observe(4, { ...pool, 'db.client.connection.state': 'idle' });
      result.observe(2, { 'db.client.connection.pool.name': 'b', 'db.client.connection.state': 'used' });
      result.observe(1, { 'db.client.connection.state': 'used', 'db.client.connection.unlimited': true });
    });
    observable(meter, 'db.client.connection.max').addCallback((result) => result.observe(10, pool));
    observable(meter, 'firstlight.cache.requests').addCallback((result) => {
      result.observe(5, { 'cache.type': 'redis', 'cache.result': 'hit' });
      result.observe(0, { 'cache.type': 'redis', 'cache.result': 'miss' });
    });
    observable(meter, 'firstlight.queue.depth').addCallback((result) => {
      result.observe(7, { queue: 'mail', state: 'waiting' });
      result.observe(1, { queue: 'mail', state: 'active' });
      result.observe(2, { queue: 'own' });
    });
  });
  expect(found).toMatchObject({
    'database_connections_active{}': 5,
    'db_connections_active{}': 5,
    'database_connections_total{}': 10,
    'cache_hits_total{cache_type="redis"}': 5,
    'cache_misses_total{cache_type="redis"}': 0,
    'queue_depth{queue="mail"}': 7,
    'queue_depth{queue="own"}': 2,
  });
});

test('exponential histograms are counted too', async () => {
  const exponential = { instrumentName: '*', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } } as const;
  const found = await derived((meter) => histogram(meter, 'http.server.request.duration').record(0.1, request(200)), {
    views: [exponential],
  });
  expect(found['http_requests_total{method="GET",endpoint="unmatched",status="200",status_code="200"}']).toBe(1);
  expect(found['apdex_score{}']).toBe(1);
});

test('each process of a group keeps its own of what is not added up', async () => {
  const found = await derived((meter) => {
    observable(meter, 'process.memory.usage').addCallback((result) => {
      result.observe(100, { worker: '0' });
      result.observe(200, { worker: '1' });
    });
  });
  expect(found).toMatchObject({
    'process_resident_memory_bytes{worker="0"}': 100,
    'process_resident_memory_bytes{worker="1"}': 200,
  });
});

test('the same labels are the same object at every scrape, so that their text need not be made again', async () => {
  const { reader, collect } = createPullReader('always_off');
  histogram(new MeterProvider({ readers: [reader] }).getMeter('test'), 'http.server.request.duration').record(
    1,
    request(200),
  );
  const derive = createDerive(options);
  const labels = async (): Promise<Attributes[]> =>
    [...derive((await collect(1000)).scopeMetrics)].flatMap((made) => [...(made?.series.keys() ?? [])]);
  const [first, second] = [await labels(), await labels()];
  expect(first.length).toBeGreaterThan(5);
  first.forEach((of, index) => expect(second[index]).toBe(of));
});

test('guide names are of metrics of the catalogue, each once', () => {
  const names = options.guide.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(namedByGuides(options.guide)).toContain('http.server.request.duration');
});
