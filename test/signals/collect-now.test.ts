import { ValueType, type Meter, type ObservableResult } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  AggregationType,
  MeterProvider,
  MetricReader,
  type ResourceMetrics,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as diag from '../../src/diag.ts';
import { collectNow } from '../../src/signals/collect-now.ts';

vi.mock('../../src/diag.ts', { spy: true });
beforeEach(() => {
  vi.mocked(diag.debug).mockReset();
  vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
});
afterEach(() => void vi.useRealTimers());
const lines = (): readonly string[] => vi.mocked(diag.debug).mock.calls.map(([line]) => line);

class Reader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

interface Made {
  readonly reader: Reader;
  readonly provider: MeterProvider;
}

const resource = resourceFromAttributes({ 'service.name': 'shop' });

function make(temporality: AggregationTemporality, views: readonly ViewOptions[] = []): Made {
  const reader = new Reader({ aggregationTemporalitySelector: () => temporality });
  return { reader, provider: new MeterProvider({ resource, readers: [reader], views: [...views] }) };
}

/** What two providers that are used alike give, one asked as the SDK does it, one at once. */
async function both(
  temporality: AggregationTemporality,
  use: (meter: Meter, round: () => number) => void,
  { views = [], rounds = 0 }: { readonly views?: readonly ViewOptions[]; readonly rounds?: number } = {},
): Promise<readonly [now: ResourceMetrics, later: ResourceMetrics]> {
  const [one, other] = [make(temporality, views), make(temporality, views)] as const;
  let round = 0;
  for (const { provider } of [one, other]) use(provider.getMeter('shop', '1.0.0'), () => round);
  for (; round < rounds; round++) {
    for (const { reader } of [one, other]) await reader.collect();
    vi.advanceTimersByTime(1000);
    for (const { provider } of [one, other]) use(provider.getMeter('shop', '1.0.0'), () => round + 1);
  }
  return [collectNow(one.reader), (await other.reader.collect()).resourceMetrics];
}

const temporalities = [
  ['cumulative', AggregationTemporality.CUMULATIVE],
  ['delta', AggregationTemporality.DELTA],
] as const;

/** Callbacks are registered once: `use` runs again after each round. */
const uses: Readonly<Record<string, (meter: Meter, round: () => number) => void>> = {
  counters: (meter, round) => {
    meter.createCounter('orders').add(2 + round(), { state: 'paid' });
    meter.createCounter('orders').add(1, { state: 'open' });
    meter.createCounter('whole', { valueType: ValueType.INT }).add(1.9);
  },
  'updowncounters and gauges': (meter, round) => {
    meter.createUpDownCounter('queue').add(-3 + round());
    meter.createGauge('memory', { unit: 'By' }).record(1.5 + round());
  },
  histograms: (meter, round) => {
    const histogram = meter.createHistogram('latency', { advice: { explicitBucketBoundaries: [0.1, 1] } });
    for (const value of [0.05, 0.5, 5 + round()]) histogram.record(value, { route: '/' });
  },
  observables: (meter, round) => {
    if (round() > 0) return;
    meter.createObservableCounter('ticks').addCallback((result) => {
      result.observe(10 + 5 * round(), { core: 0 });
      result.observe(1, { core: 1 });
    });
    meter.createObservableUpDownCounter('balance').addCallback((result) => result.observe(5 - 2 * round()));
    meter.createObservableGauge('load').addCallback((result) => result.observe(0.5 + round()));
    meter
      .createObservableGauge('whole', { valueType: ValueType.INT })
      .addCallback((result) => result.observe(3.7 + round()));
    meter.createObservableGauge('text').addCallback((result) => result.observe('5' as never));
    meter
      .createObservableGauge('infinite', { valueType: ValueType.INT })
      .addCallback((result) => result.observe(Infinity));
  },
  'a counter that was reset': (meter, round) => {
    if (round() > 0) return;
    meter.createObservableCounter('ticks').addCallback((result) => result.observe(10 - 4 * round()));
  },
  'the same attributes twice in one callback': (meter, round) => {
    if (round() > 0) return;
    const twice = (result: ObservableResult): void => {
      result.observe(9, { a: 1, b: 2 });
      result.observe(7 + round(), { b: 2, a: 1 });
    };
    meter.createObservableCounter('ticks').addCallback(twice);
    meter.createObservableGauge('load').addCallback(twice);
  },
  'batch callbacks': (meter, round) => {
    if (round() > 0) return;
    const [used, limit, other] = ['used', 'limit', 'other'].map((name) => meter.createObservableGauge(name));
    meter.addBatchObservableCallback(
      (result) => {
        result.observe(used!, 10 + round(), { pool: 'a' });
        result.observe(used!, 20, { pool: 'b' });
        result.observe(limit!, 100);
        result.observe(other!, 1);
        result.observe({} as never, 1);
      },
      [used!, limit!],
    );
  },
  'asynchronous callbacks that observe at once': (meter, round) => {
    if (round() > 0) return;
    meter.createObservableGauge('load').addCallback(async (result) => {
      result.observe(1 + round());
      await Promise.resolve();
    });
  },
  'a callback that throws': (meter, round) => {
    if (round() > 0) return;
    meter.createObservableGauge('broken').addCallback((result) => {
      result.observe(1);
      throw new Error('no');
    });
    meter.createObservableGauge('load').addCallback((result) => result.observe(1));
    const whole = meter.createObservableGauge('batch');
    meter.addBatchObservableCallback(() => {
      throw new Error('no');
    }, [whole]);
  },
  nothing: () => {},
};

describe.each(temporalities)('%s', (_name, temporality) => {
  describe.each([0, 1, 3])('after %d collections', (rounds) => {
    test.each(Object.entries(uses))('%s', async (_what, use) => {
      const [now, later] = await both(temporality, use, { rounds });
      expect(now).toEqual(later);
    });
  });

  test.each<[string, readonly ViewOptions[]]>([
    [
      'exponential histograms',
      [{ instrumentName: '*', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: 20 } } }],
    ],
    [
      'attributes that a view drops',
      [{ instrumentName: '*', attributesProcessors: [{ process: ({ a }) => (a === undefined ? {} : { a }) }] }],
    ],
    ['other names', [{ instrumentName: 'latency', name: 'renamed' }]],
    ['dropped', [{ instrumentName: 'latency', aggregation: { type: AggregationType.DROP } }]],
    ['two streams of an instrument', [{ instrumentName: '*', meterName: 'shop' }, { instrumentName: 'latency' }]],
  ])('views: %s', async (_what, views) => {
    const use = (meter: Meter, round: () => number): void => {
      for (const value of [0, 0.5, 5, 1000])
        meter.createHistogram('latency', { unit: 's' }).record(value, { a: 1, b: 2 });
      if (round() > 0) return;
      meter.createObservableGauge('load').addCallback((result) => {
        result.observe(1, { a: 1, b: 1 });
        result.observe(2, { a: 1, b: 2 });
        result.observe(3, { b: 1 });
      });
    };
    for (const rounds of [0, 2]) {
      const [now, later] = await both(temporality, use, { views, rounds });
      expect(now).toEqual(later);
    }
  });
});

test('several meters, several readers', async () => {
  const readers = [new Reader(), new Reader()] as const;
  const provider = new MeterProvider({ resource, readers: [...readers] });
  for (const name of ['one', 'two', 'empty']) {
    const meter = provider.getMeter(name);
    if (name === 'empty') continue;
    meter.createCounter('c').add(1);
    meter.createObservableGauge('g').addCallback((result) => result.observe(1));
  }
  const [now, again] = [collectNow(readers[0]), collectNow(readers[1])];
  const { resourceMetrics } = await readers[0].collect();
  expect(now).toEqual(resourceMetrics);
  expect(again).toEqual(now);
});

const points = ({ scopeMetrics }: ResourceMetrics): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    scopeMetrics
      .flatMap(({ metrics }) => metrics)
      .map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints.map(({ value }) => value)]),
  );

test('what a promise would still observe is reported by its last value', async () => {
  const { reader, provider } = make(AggregationTemporality.CUMULATIVE);
  let known = 1;
  const meter = provider.getMeter('shop');
  meter.createObservableGauge('slow').addCallback(async (result) => {
    await Promise.resolve();
    result.observe(known);
  });
  meter.createObservableGauge('never').addCallback((result) => {
    result.observe(5);
    return new Promise(() => {});
  });
  // The SDK waits for all of them; what never comes is told by the time limit.
  await reader.collect({ timeoutMillis: 10 });
  known = 2;
  expect(points(collectNow(reader))).toEqual({ slow: [1], never: [5] });
});

test('a rejection is nobody’s', async () => {
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  const { reader, provider } = make(AggregationTemporality.CUMULATIVE);
  const meter = provider.getMeter('shop');
  meter.createObservableGauge('rejects').addCallback(async () => {
    throw new Error('no');
  });
  meter.createObservableGauge('thenable').addCallback(
    () =>
      ({
        // oxlint-disable-next-line unicorn/no-thenable
        then: () => {
          throw new Error('no');
        },
      }) as never,
  );
  meter.createObservableGauge('load').addCallback((result) => result.observe(1));
  expect(points(collectNow(reader))).toEqual({ load: [1] });
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test('attributes that cannot be kept cost themselves', () => {
  const { reader, provider } = make(AggregationTemporality.CUMULATIVE);
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  provider
    .getMeter('shop')
    .createObservableGauge('load')
    .addCallback((result) => {
      result.observe(1, { big: 5n });
      result.observe(2, { circular });
      result.observe(3, null as never);
    });
  const [metric] = collectNow(reader).scopeMetrics[0]!.metrics;
  expect(metric!.dataPoints.map(({ attributes, value }) => [attributes, value])).toEqual([
    [{ big: '5' }, 1],
    [{ circular: '[unreadable]' }, 2],
    [{}, 3],
  ]);
});

describe('what fails inside', () => {
  test('costs its meter', () => {
    const { reader, provider } = make(AggregationTemporality.CUMULATIVE, [
      {
        instrumentName: 'broken',
        attributesProcessors: [
          {
            process: () => {
              throw new Error('no');
            },
          },
        ],
      },
    ]);
    provider
      .getMeter('one')
      .createObservableGauge('broken')
      .addCallback((result) => result.observe(1));
    provider
      .getMeter('two')
      .createObservableGauge('load')
      .addCallback((result) => result.observe(1));
    expect(points(collectNow(reader))).toEqual({ load: [1] });
    expect(lines()).toEqual([expect.stringMatching(/of a meter cannot be collected/)]);
  });

  test('internals that are not there are no metrics', () => {
    for (const reader of [new Reader(), { _sdkMetricProducer: { _sharedState: {} } }, {}, undefined, null]) {
      expect(collectNow(reader as Reader).scopeMetrics).toEqual([]);
      expect(lines()).toEqual([expect.stringMatching(/cannot be collected at the end/)]);
      vi.mocked(diag.debug).mockReset();
    }
  });

  test('a reader that is shut down has given what it had', async () => {
    const { reader, provider } = make(AggregationTemporality.CUMULATIVE);
    provider.getMeter('shop').createCounter('c').add(1);
    await reader.shutdown();
    expect(collectNow(reader)).toEqual({ resource, scopeMetrics: [] });
  });
});
