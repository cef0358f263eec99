import type { Attributes } from '@opentelemetry/api';
import { AggregationType, MeterProvider, type ViewOptions } from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import { datagrams } from '../../../src/bridges/statsd/datagrams.ts';
import { lines } from '../../../src/bridges/statsd/lines.ts';
import { temporality } from '../../../src/bridges/statsd/statsd.ts';
import { createPullReader } from '../../../src/signals/pull-reader.ts';

function started(views: readonly ViewOptions[] = []) {
  const { reader, collect } = createPullReader('always_off', { aggregationTemporalitySelector: temporality });
  const meter = new MeterProvider({ readers: [reader], views: [...views] }).getMeter('test');
  return {
    meter,
    lines: async (tags = false) => [...lines((await collect(1000)).scopeMetrics, { prefix: 'myapp.', tags })],
  };
}

test('a counter is told as what was counted since, a gauge and an up-down counter as they are', async () => {
  const { meter, lines } = started();
  const counter = meter.createCounter('orders');
  const gauge = meter.createGauge('level');
  const open = meter.createUpDownCounter('open');
  counter.add(2);
  counter.add(3);
  gauge.record(-5);
  open.add(7);
  expect(await lines()).toEqual(['myapp.orders:5|c', 'myapp.level:0|g', 'myapp.level:-5|g', 'myapp.open:7|g']);
  counter.add(1);
  open.add(-3);
  expect(await lines()).toEqual(['myapp.orders:1|c', 'myapp.level:0|g', 'myapp.level:-5|g', 'myapp.open:4|g']);
});

test('an observable counter is told as its growth', async () => {
  const { meter, lines } = started();
  let total = 10;
  meter.createObservableCounter('read').addCallback((result) => result.observe(total));
  expect(await lines()).toEqual(['myapp.read:10|c']);
  total = 12;
  expect(await lines()).toEqual(['myapp.read:2|c']);
  expect(await lines()).toEqual([]);
});

test('seconds become milliseconds; another unit stays, as a timer or as a histogram of DogStatsD', async () => {
  const { meter, lines } = started();
  const both = (): void => {
    meter.createHistogram('took', { unit: 's' }).record(0.32);
    meter.createHistogram('size', { unit: 'By' }).record(1234);
  };
  both();
  expect(await lines()).toEqual(['myapp.took:320|ms', 'myapp.size:1234|ms']);
  both();
  expect(await lines(true)).toEqual(['myapp.took:320|ms', 'myapp.size:1234|h']);
});

test('many values are few lines, whose rates give the count back, also cut off behind the point', async () => {
  const { meter, lines } = started();
  const took = meter.createHistogram('took', { unit: 's', advice: { explicitBucketBoundaries: [0.1, 1] } });
  for (const [value, count] of [
    [0.05, 1003],
    [0.5, 49],
    [5, 3],
  ] as const) {
    for (let n = 0; n < count; n++) took.record(value);
  }
  const sent = await lines();
  expect(sent.length).toBeLessThan(15);
  const counts = sent.map((line) => Math.trunc(1 / Number(/@([\d.]+)$/.exec(line)?.[1] ?? 1)));
  expect(counts.reduce((a, b) => a + b)).toBe(1055);
});

test('what is no number is left out', async () => {
  const { meter, lines } = started();
  for (const value of [Number.NaN, Infinity, -Infinity]) {
    meter.createGauge('level').record(value);
    meter.createUpDownCounter('open').add(value);
    meter.createHistogram('took', { unit: 's' }).record(value);
  }
  expect((await lines()).join('\n')).not.toMatch(/NaN|Infinity/);
});

test('no number is written with an exponent', async () => {
  const { meter, lines } = started();
  meter.createGauge('small').record(1e-9);
  meter.createGauge('large').record(1e22);
  expect(await lines()).toEqual(['myapp.small:0.00000000100000000000|g', 'myapp.large:10000000000000000000000|g']);
});

const HOSTILE: Attributes = {
  'a:b|c': 'x:1|c\ny:2|g',
  'b@#': '@0.1|#t:v,u',
  '': 'nothing',
  empty: '',
  long: 'é'.repeat(5000),
  list: ['a', 'b'],
  huge: 'x'.repeat(100_000),
};

test.each([true, false])('hostile names and attributes make one line (tags: %s)', async (tags) => {
  const { meter, lines } = started();
  meter.createCounter('evil/name').add(1, HOSTILE);
  const [line = '', ...others] = await lines(tags);
  expect(others).toEqual([]);
  const name = String.raw`myapp\.evil_name`;
  expect(line).toMatch(
    tags ? new RegExp(`^${name}:1\\|c\\|#([\\w.-]+:[\\w./:-]+,?)+$`) : new RegExp(`^${name}(\\.[\\w-]+)*:1\\|c$`),
  );
  expect(line.length).toBeLessThan(1432);
});

test('a hundred attributes fit into a line', async () => {
  const { meter, lines } = started();
  const attributes = Object.fromEntries(
    Array.from({ length: 100 }, (_, n) => [`${'k'.repeat(80)}${n}`, 'v'.repeat(80)]),
  );
  meter.createCounter('x'.repeat(255)).add(1, attributes);
  for (const line of [...(await lines()), ...(await lines(true))]) expect(line.length).toBeLessThan(1432);
});

test("the guides' names: requests, their routes and methods, and the sizes of queues", async () => {
  const { meter, lines } = started();
  const requests = (): void => {
    const took = meter.createHistogram('http.server.request.duration', { unit: 's' });
    const request = (route: string | undefined, method: string, status: number): void =>
      took.record(0.25, {
        'http.request.method': method,
        'http.response.status_code': status,
        ...(route !== undefined && { 'http.route': route }),
      });
    request('/users/:id', 'GET', 200);
    request('/users/:id', 'GET', 500);
    request('/', 'POST', 200);
    request(undefined, '_OTHER', 404);
    const depth = meter.createGauge('firstlight.queue.depth');
    depth.record(100, { queue: 'mail', state: 'waiting' });
    depth.record(50, { queue: 'sms', state: 'waiting' });
    for (const state of ['active', 'delayed', 'failed']) depth.record(3, { queue: 'sms', state });
  };
  requests();
  expect((await lines()).filter((line) => /myapp\.(api|queue)/.test(line))).toEqual([
    'myapp.api.users_id.get:250|ms|@0.5',
    'myapp.api.root.post:250|ms',
    'myapp.api.unmatched.other:250|ms',
    'myapp.api.requests:4|c',
    'myapp.queue.size:150|g',
  ]);
  requests();
  expect((await lines(true)).filter((line) => /myapp\.(api\.requests|queue)/.test(line))).toEqual([
    'myapp.api.requests:2|c|#endpoint:/users/:id,method:GET',
    'myapp.api.requests:1|c|#endpoint:/,method:POST',
    'myapp.api.requests:1|c|#endpoint:unmatched,method:_OTHER',
    'myapp.queue.size:100|g|#queue:mail,state:waiting',
    'myapp.queue.size:50|g|#queue:sms,state:waiting',
  ]);
});

test('an exponential histogram is sent as well', async () => {
  const { meter, lines } = started([
    { instrumentName: 'took', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } },
  ]);
  meter.createHistogram('took', { unit: 's' }).record(0.32);
  expect(await lines()).toEqual(['myapp.took:320|ms']);
});

test('datagrams hold whole lines and are not larger than a frame; a line that fits in none is left out', () => {
  const all = Array.from({ length: 500 }, (_, n) => `name.${'é'.repeat(n % 90)}:${n}|c`);
  const packed = [...datagrams([...all, 'x'.repeat(1433)])];
  expect(packed.join('\n').split('\n')).toEqual(all);
  for (const datagram of packed) expect(Buffer.byteLength(datagram)).toBeLessThanOrEqual(1432);
  expect(packed.length).toBeLessThan(50);
  expect([...datagrams([])]).toEqual([]);
});
