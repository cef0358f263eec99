/** What an application may make of meters, instruments and callbacks, and what it is told when that is not enough. */
import type { Meter } from '@opentelemetry/api';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, MetricReader, type MetricData } from '@opentelemetry/sdk-metrics';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import * as diag from '../../src/diag.ts';
import { dropped } from '../../src/signals/guard/dropped.ts';
import { guardLogs } from '../../src/signals/guard/logs.ts';
import { guardMetrics } from '../../src/signals/guard/metrics.ts';
import { guardTraces } from '../../src/signals/guard/traces.ts';

vi.mock('../../src/diag.ts', { spy: true });
const lines = (): readonly string[] => [...new Set(vi.mocked(diag.limited).mock.calls.map(([, line]) => line))];

guardTraces();
guardMetrics();
guardLogs();
beforeEach(() => {
  vi.mocked(diag.limited).mockReset();
  Object.assign(dropped, { meters: 0, instruments: 0, callbacks: 0 });
});

class Reader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

function start() {
  const reader = new Reader();
  const provider = new MeterProvider({ readers: [reader] });
  const scopes = async () => (await reader.collect({ timeoutMillis: 100 })).resourceMetrics.scopeMetrics;
  return {
    provider,
    meter: provider.getMeter('m'),
    scopes,
    metrics: async (): Promise<readonly MetricData[]> => (await scopes()).flatMap(({ metrics }) => metrics),
  };
}

const values = (metrics: readonly MetricData[]): object =>
  Object.fromEntries(
    metrics.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints.map(({ value }) => value)]),
  );

describe('scopes', () => {
  test('are 500 of the application, and one for all others; ours come beside', async () => {
    const { provider, scopes } = start();
    for (let index = 0; index < 600; index++) provider.getMeter(`meter ${index}`).createCounter('hits').add(1);
    provider.getMeter('meter 3').createCounter('again').add(1);
    for (const ours of ['firstlight', 'firstlight/undici', '@opentelemetry/instrumentation-pg']) {
      provider.getMeter(ours).createCounter('hits').add(1);
    }
    const seen = await scopes();
    // One is `m`.
    expect(seen).toHaveLength(499 + 1 + 3);
    const overflow = seen.find(({ scope }) => scope.name === 'firstlight.overflow');
    expect(values(overflow!.metrics)).toEqual({ hits: [101] });
    expect(values(seen.find(({ scope }) => scope.name === 'meter 3')!.metrics)).toEqual({ hits: [1], again: [1] });
    expect(dropped.meters).toBe(101);
    expect(lines()[0]).toMatch(/^MeterProvider\.getMeter was asked for more than 500 scopes: "meter 499" and all/);
  });

  test('of tracers and loggers too', () => {
    const [tracers, loggers] = [new TracerProvider(), new LoggerProvider()];
    for (let index = 0; index < 500; index++) {
      tracers.getTracer('t', String(index));
      loggers.getLogger('l', undefined, { schemaUrl: String(index) });
    }
    expect(tracers.getTracer('a')).toBe(tracers.getTracer('b'));
    expect(tracers.getTracer('t', '1')).not.toBe(tracers.getTracer('t', '2'));
    expect(loggers.getLogger('a')).toBe(loggers.getLogger('b'));
    expect([...new Set(lines().map((line) => line.split(' ')[0]))]).toEqual([
      'TracerProvider.getTracer',
      'LoggerProvider.getLogger',
    ]);
    expect(dropped.meters).toBe(0);
  });
});

describe('instruments', () => {
  const KINDS = [
    'createCounter',
    'createUpDownCounter',
    'createGauge',
    'createHistogram',
    'createObservableCounter',
    'createObservableUpDownCounter',
    'createObservableGauge',
  ] as const;

  test.each(KINDS)('%s: one that is asked for again is the same, one that differs is another', (create) => {
    const { meter, provider } = start();
    const one = meter[create]('a', { unit: 's' });
    expect(meter[create]('a', { unit: 's', description: 'd' })).toBe(one);
    expect(meter[create]('a', { unit: 'ms' })).not.toBe(one);
    expect(meter[create]('a', { unit: 's', valueType: 0 })).not.toBe(one);
    expect(provider.getMeter('m')[create]('a', { unit: 's' })).toBe(one);
    expect(provider.getMeter('n')[create]('a', { unit: 's' })).not.toBe(one);
  });

  test('the longest description is served, as by the SDK', async () => {
    const { meter, metrics } = start();
    for (const description of ['long', 'longer', 'short']) meter.createCounter('a', { description }).add(1);
    const [metric] = await metrics();
    expect([metric!.descriptor.description, metric!.dataPoints[0]!.value]).toEqual(['longer', 3]);
  });

  test('are 1000 of the application; further ones do nothing, and ours are made', async () => {
    const { meter, provider, metrics } = start();
    const make = (of: Meter, name: string): void => {
      of.createCounter(name).add(1);
    };
    for (let index = 0; index < 1000; index++) make(meter, `counter.${index}`);
    make(meter, 'counter.5');
    make(provider.getMeter('other'), 'late');
    for (const create of KINDS) {
      const late = meter[create]('late');
      if ('add' in late) late.add(1);
      else if ('record' in late) late.record(1);
      else late.addCallback(() => {});
    }
    make(provider.getMeter('firstlight'), 'firstlight.made');
    const seen = values(await metrics());
    expect(Object.keys(seen)).toHaveLength(1001);
    expect(seen).toMatchObject({ 'counter.5': [2], 'counter.999': [1], 'firstlight.made': [1] });
    expect(dropped.instruments).toBe(8);
    expect(lines()[0]).toMatch(/^there are 1000 instruments: "late" of the meter "other" and all further ones are not/);
  });
});

describe('descriptions', () => {
  test.each([
    ['n'.repeat(300), 'n'.repeat(255), / has a name of more than 255 characters: it is cut$/],
    ['2 words', '2 words', /^the instrument "2 words" has a name that OpenTelemetry does not allow: expected a letter/],
    ['größe', 'größe', / does not allow/],
    ['_private', '_private', / does not allow/],
  ])('the name %s', async (given, name, line) => {
    const { meter, metrics } = start();
    meter.createCounter(given).add(1);
    expect(values(await metrics())).toEqual({ [name]: [1] });
    expect(lines()).toEqual([expect.stringMatching(line)]);
  });

  test.each([[''], [5], [null], [undefined], [Symbol('s')], [{}], [() => {}]])(
    'a name that is none: %s',
    async (name) => {
      const { meter, metrics } = start();
      expect(() => meter.createCounter(name as never).add(1)).not.toThrow();
      expect(await metrics()).toEqual([]);
      expect(lines()).toEqual([
        'an OpenTelemetry call of the application failed (Meter.createCounter): the name of an instrument must be a text',
      ]);
    },
  );

  test('names that OpenTelemetry allows are not complained about', () => {
    const { meter } = start();
    for (const name of ['a', 'A.b_c-d/e9', 'n'.repeat(255)])
      meter.createCounter(name, { unit: '{x}', description: 'd' });
    expect(lines()).toEqual([]);
  });

  test('what is too long is cut, what is of another kind is left out', async () => {
    const { meter, metrics } = start();
    const bounds = Array.from({ length: 1000 }, (_, bound) => bound);
    meter.createCounter('long', { unit: 'u'.repeat(1000), description: 'd'.repeat(1_000_000) }).add(1);
    meter.createCounter('odd', { unit: 5, description: Symbol('d') } as never).add(1);
    meter.createHistogram('bounds', { advice: { explicitBucketBoundaries: bounds } }).record(500);
    const [long, odd, bucketed] = await metrics();
    expect([long!.descriptor.unit, long!.descriptor.description]).toEqual(['u'.repeat(63), 'd'.repeat(1023)]);
    expect([odd!.descriptor.unit, odd!.descriptor.description]).toEqual(['', '']);
    expect(bucketed!.dataPoints[0]!.value).toMatchObject({ buckets: { boundaries: bounds.slice(0, 200) } });
    expect(lines()).toEqual([
      'the instrument "long" has a description that is no text of at most 1023 characters: it is cut',
      'the instrument "long" has a unit that is no text of at most 63 characters: it is cut',
      'the instrument "odd" has a description that is no text of at most 1023 characters: it has none',
      'the instrument "odd" has a unit that is no text of at most 63 characters: it has none',
      'the instrument "bounds" has more than 200 bounds: the first ones are used',
    ]);
  });
});

describe('attributes of a measurement', () => {
  test('have a length, and are so many', async () => {
    const { meter, metrics } = start();
    const counter = meter.createCounter('c');
    counter.add(1, { long: 'x'.repeat(5000), list: ['y'.repeat(5000)] });
    counter.add(1, Object.fromEntries(Array.from({ length: 500 }, (_, key) => [`k${key}`, key])));
    counter.add(1, { ['k'.repeat(5000)]: 1 });
    counter.add(1, { bytes: new Uint8Array(2), large: new Uint8Array(5000), nested: [new Uint8Array(2)] });
    counter.add(1, new Uint8Array(5000) as never);
    counter.add(1, JSON.parse('{"__proto__": "text", "a": 1, "b": {"c": 1}}'));
    const [metric] = await metrics();
    const [texts, many, key, bytes, none, proto] = metric!.dataPoints.map(({ attributes }) => attributes);
    expect(texts).toEqual({ long: 'x'.repeat(1024), list: `["${'y'.repeat(1022)}` });
    expect(Object.keys(many!)).toHaveLength(128);
    expect(key).toEqual({ ['k'.repeat(1024)]: 1 });
    expect(bytes).toEqual({ bytes: new Uint8Array(2), large: '[bytes]', nested: '["[bytes]"]' });
    expect(none).toEqual({});
    expect(Object.entries(proto!)).toEqual([
      ['__proto__', 'text'],
      ['a', 1],
      ['b', { c: 1 }],
    ]);
    expect(lines()).toEqual([
      'a measurement has the attribute "long" of 5000 characters: it counts under the first 1024 of them',
      'a measurement has the attribute "list" of 5004 characters: it counts under the first 1024 of them',
      'a measurement has 500 attributes: it counts under the first 128 of them',
    ]);
  });
});

test('what is added up is finite, a gauge shows what it was given', async () => {
  const { meter, metrics } = start();
  for (const value of [NaN, Infinity, -Infinity, 2]) {
    meter.createCounter('counter').add(value);
    meter.createUpDownCounter('open').add(value);
    meter.createHistogram('sizes').record(value);
    meter.createGauge('level').record(value === 2 ? NaN : value);
  }
  expect(values(await metrics())).toMatchObject({
    counter: [2],
    open: [2],
    sizes: [{ count: 1, sum: 2 }],
    level: [NaN],
  });
  expect(lines()[0]).toBe('the instrument "counter" was given NaN: expected a finite number, it is not measured');
});

describe('observable callbacks', () => {
  test('are 1000 of an instrument, and one that is removed makes room', async () => {
    const { meter, metrics } = start();
    const gauge = meter.createObservableGauge('crowded');
    let called = 0;
    const callbacks = Array.from({ length: 1200 }, () => () => void called++);
    for (const callback of callbacks) gauge.addCallback(callback);
    gauge.addCallback(callbacks[0]!);
    meter.createObservableGauge('other').addCallback((result) => result.observe(1));
    expect(values(await metrics())).toEqual({ other: [1] });
    expect([called, dropped.callbacks]).toEqual([1000, 201]);
    expect(lines()).toEqual([
      expect.stringMatching(/^the instrument "crowded" has 1000 observable callbacks: further/),
    ]);
    for (const callback of callbacks.slice(0, 10)) gauge.removeCallback(callback);
    for (const callback of callbacks.slice(1000)) gauge.addCallback(callback);
    await metrics();
    expect([called, dropped.callbacks]).toEqual([2000, 201 + 190]);
  });

  test('of several instruments are 1000 of a meter', async () => {
    const { meter, metrics } = start();
    const gauge = meter.createObservableGauge('batched');
    let called = 0;
    for (let index = 0; index < 1100; index++) meter.addBatchObservableCallback(() => void called++, [gauge]);
    await metrics();
    expect([called, dropped.callbacks]).toEqual([1000, 100]);
    expect(lines()).toEqual([expect.stringMatching(/^the meter "m" has 1000 observable callbacks/)]);
  });

  test('that fail or hang are named, once each', async () => {
    const { meter, metrics } = start();
    const failing = (name: string, callback: () => unknown): void =>
      meter.createObservableGauge(name).addCallback(callback as never);
    failing('throws', () => {
      throw new Error('no database');
    });
    failing('rejects', () => Promise.reject(new Error('no queue')));
    failing('hangs', () => new Promise(() => {}));
    failing('thenable', () => ({
      // oxlint-disable-next-line unicorn/no-thenable
      then() {
        throw new Error('no thing');
      },
    }));
    meter.createObservableGauge('none').addCallback('text' as never);
    const [a, b] = [meter.createObservableGauge('a'), meter.createObservableCounter('b')];
    meter.addBatchObservableCallback(() => {
      throw new Error('neither');
    }, [a, b]);
    meter.createObservableGauge('works').addCallback((result) => result.observe(3));
    expect(values(await metrics())).toEqual({ works: [3] });
    const line = (of: string, cause: string): string =>
      `an observable callback of ${of} failed; it is measured without: ${cause}`;
    expect(lines().toSorted()).toEqual(
      [
        line('"throws"', 'no database'),
        line('"rejects"', 'no queue'),
        line('"hangs"', 'Operation timed out.'),
        line('"thenable"', 'no thing'),
        line('"none"', 'callback is not a function'),
        line('"a", "b"', 'neither'),
      ].toSorted(),
    );
  });

  test('observe 10,000 sets of attributes at once', async () => {
    const { meter, metrics } = start();
    const [single, batched] = [meter.createObservableGauge('single'), meter.createObservableGauge('batched')];
    single.addCallback((result) => {
      for (let index = 0; index < 20_000; index++) result.observe(1, { index });
    });
    meter.addBatchObservableCallback(
      (result) => {
        for (let index = 0; index < 20_000; index++) result.observe(batched, 1, { index });
      },
      [batched],
    );
    for (const { dataPoints } of await metrics()) expect(dataPoints.length).toBeLessThanOrEqual(2000);
    expect(lines()).toEqual([
      expect.stringMatching(/^an observable callback of "single" observes more than 10000 sets/),
      expect.stringMatching(/^an observable callback of "batched" observes more than 10000 sets/),
    ]);
  });
});
