import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalogue } from '../../src/metrics/catalogue.ts';
import { startCollector, type Collector } from '../support/collector.ts';
import { freePort } from '../support/free-port.ts';
import { register, start, type Started } from '../support/run.ts';

const fixture = fileURLToPath(new URL('fixtures/runtime.cjs', import.meta.url));
const OURS = Object.entries(catalogue).flatMap(([name, { source }]) => (source === 'runtime-node' ? [name] : []));
const OPTION = 'FIRSTLIGHT_INSTRUMENTATION_RUNTIME_NODE';

let collector: Collector;
let started: Started | undefined;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  started?.child.kill();
  await started?.finished;
  await collector.close();
});

interface Application {
  /** Has it do this. */
  ask(what: string): Promise<unknown>;
  /** What is on /metrics under this name, with these labels among others. */
  scrape(name: string, labels?: string): Promise<number | undefined>;
}

async function application(env: Readonly<Record<string, string>> = {}): Promise<Application> {
  const port = await freePort();
  started = start([fixture], {
    flags: ['--expose-gc', '--import', register],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_PROMETHEUS_PORT: String(port), ...env },
  });
  const [, listening] = await started.waitFor(/listening on (\d+)/);
  const ask = (what: string): Promise<Response> => fetch(`http://127.0.0.1:${listening}/${what}`);
  // The first sample is of the second turn.
  await ask('nothing');
  return {
    ask,
    async scrape(name, labels = '') {
      const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const sample = new RegExp(`^${name}(?:\\{.*${labels}.*\\})? (\\S+)$`, 'm').exec(page);
      return sample === null ? undefined : Number(sample[1]);
    },
  };
}

const exported = (name: string): ReturnType<Collector['metrics']> =>
  collector.metrics().filter((metric) => metric.name === name);

test('a blocked event loop is seen by all who read, one after the other', async () => {
  const { ask, scrape } = await application({ OTEL_METRIC_EXPORT_INTERVAL: '500' });
  await ask('block');
  // The last part of a sampling interval is no delay.
  const blocked = 0.5 - 0.01;
  for (let i = 0; i < 3; i++) {
    expect(await scrape('nodejs_eventloop_delay_max_seconds')).toBeGreaterThanOrEqual(blocked);
    expect(await scrape('nodejs_eventloop_delay_p99_seconds')).toBeLessThanOrEqual(
      (await scrape('nodejs_eventloop_delay_max_seconds')) ?? 0,
    );
  }
  const before = exported('nodejs.eventloop.delay.max').length;
  await collector.waitFor(() => exported('nodejs.eventloop.delay.max').length >= before + 2);
  for (const { points } of exported('nodejs.eventloop.delay.max').slice(-2)) {
    expect(points[0]?.value).toBeGreaterThanOrEqual(blocked);
  }
});

test('an event loop that is not blocked has no delay of the length of a sampling interval', async () => {
  const { scrape } = await application({ [`${OPTION}_MONITORING_PRECISION`]: '50' });
  await expect.poll(() => scrape('nodejs_eventloop_delay_min_seconds')).toBeLessThan(0.04);
});

test('the time between two samples is a setting', async () => {
  const { scrape } = await application({ [`${OPTION}_MONITORING_PRECISION`]: '60000' });
  expect(await scrape('nodejs_eventloop_delay_max_seconds')).toBeUndefined();
  expect(await scrape('nodejs_eventloop_utilization_ratio')).toBeDefined();
});

test('how busy the event loop was is the same for all who read', async () => {
  const { ask, scrape } = await application();
  const time = (state: string): Promise<number | undefined> =>
    scrape('nodejs_eventloop_time_seconds_total', `nodejs_eventloop_state="${state}"`);
  await ask('block');
  const active = (await time('active')) ?? 0;
  const idle = (await time('idle')) ?? 0;
  expect(active).toBeGreaterThanOrEqual(0.5);
  expect(idle).toBeGreaterThan(0);
  // Since the last reader came it has hardly been busy, within the minute it has.
  const utilization = await scrape('nodejs_eventloop_utilization_ratio');
  expect(utilization).toBeGreaterThan((active / (active + idle)) * 0.5);
  expect(utilization).toBeLessThanOrEqual(1);
  expect(await time('active')).toBeGreaterThanOrEqual(active);
});

test('garbage collections are told apart, in buckets below a millisecond', async () => {
  const { ask, scrape } = await application();
  await ask('collect');
  for (const type of ['minor', 'major']) {
    expect(await scrape('v8js_gc_duration_seconds_count', `v8js_gc_type="${type}"`)).toBeGreaterThan(0);
    expect(await scrape('v8js_gc_duration_seconds_sum', `v8js_gc_type="${type}"`)).toBeLessThan(60);
    expect(await scrape('v8js_gc_duration_seconds_bucket', `v8js_gc_type="${type}".*le="0.0001"`)).toBeDefined();
  }
});

test('a space of the heap is told of from when it is used first', async () => {
  const { ask, scrape } = await application();
  const size = (space: string): Promise<number | undefined> =>
    scrape('v8js_memory_heap_space_size_bytes', `v8js_heap_space_name="${space}"`);
  expect(await size('old_space')).toBeGreaterThan(0);
  expect(await size('trusted_large_object_space')).toBeUndefined();
  const large = async (): Promise<number | undefined> => {
    await ask('large');
    return size('new_large_object_space');
  };
  await expect.poll(large, { timeout: 10_000 }).toBeGreaterThan(0);
  await ask('collect');
  expect(await size('new_large_object_space')).toBe(0);
});

test('all that the catalogue promises is exported, as it says', async () => {
  const { ask } = await application({ OTEL_METRIC_EXPORT_INTERVAL: '500' });
  await ask('collect');
  await collector.waitFor(() => OURS.every((name) => exported(name).length > 0));
  for (const name of OURS) {
    const row = catalogue[name as keyof typeof catalogue];
    const metric = exported(name).at(-1);
    expect(metric).toMatchObject({
      scope: { name: 'firstlight/runtime-node' },
      unit: row.unit,
      description: row.doc,
      type: { counter: 'sum', updowncounter: 'sum', gauge: 'gauge', histogram: 'histogram' }[row.type],
    });
    for (const { attributes } of metric?.points ?? []) expect(Object.keys(attributes)).toEqual(row.attributes);
  }
});

test('what keeps the event loop alive is counted, and 0 when it is gone', async () => {
  const { ask, scrape } = await application();
  const timers = (): Promise<number | undefined> => scrape('v8js_resource_active', 'v8js_resource_type="Timeout"');
  await ask('timer');
  // Undefined is no number to compare.
  await expect.poll(async () => ((await timers()) ?? 0) > 0, { timeout: 5000 }).toBe(true);
  await expect.poll(timers, { timeout: 5000 }).toBe(0);
  expect(await scrape('v8js_resource_active', 'v8js_resource_type="TCPServerWrap"')).toBe(1);
});

test('disabled, it observes nothing', async () => {
  const { ask, scrape } = await application({ OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'runtime-node' });
  await ask('collect');
  for (const name of ['nodejs_\\w+', 'v8js_\\w+']) expect(await scrape(name)).toBeUndefined();
  expect(await scrape('process_uptime_seconds')).toBeGreaterThan(0);
});

test.each([
  [true, ['exception']],
  [false, []],
])('an exception that nobody catches is recorded where that is asked for: %s', async (asked, expected) => {
  const { ask } = await application({ [`${OPTION}_CAPTURE_UNCAUGHT_EXCEPTION`]: String(asked) });
  await ask('throw').catch(() => {});
  const { code } = (await started?.finished) ?? {};
  expect(code).toBe(1);
  await collector.waitFor(() => collector.spans().length > 0);
  const fatal = collector.logs().filter(({ severityNumber }) => severityNumber === 21);
  expect(fatal.map(({ body }) => body)).toEqual(expected);
  for (const { attributes } of fatal) expect(attributes['exception.message']).toBe('nobody catches this');
});
