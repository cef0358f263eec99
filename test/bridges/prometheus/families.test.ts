import { runInNewContext } from 'node:vm';
import type { Attributes } from '@opentelemetry/api';
import { AggregationType, type MeterProviderOptions } from '@opentelemetry/sdk-metrics';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import * as diag from '../../../src/diag.ts';
import { served, type Use } from './collected.ts';
import { parse } from './exposition.ts';

vi.mock('../../../src/diag.ts', { spy: true });
beforeEach(() => void vi.mocked(diag.limited).mockReset());
const lines = (): readonly string[] => vi.mocked(diag.limited).mock.calls.map(([, line]) => line);

test('each instrument becomes a family with help and type, named with unit and suffix', async () => {
  const text = await served((meter) => {
    const shop = meter('shop');
    shop.createCounter('orders', { description: 'Orders\nby \\ state' }).add(2, { state: 'paid' });
    shop.createUpDownCounter('queue.length', { unit: '{job}' }).add(-3);
    shop.createGauge('memory', { unit: 'By' }).record(1.5);
    shop.createHistogram('latency', { unit: 's', advice: { explicitBucketBoundaries: [0.1, 1] } }).record(0.5);
  });
  expect(text).toBe(
    [
      '# HELP orders_total Orders\\nby \\\\ state',
      '# TYPE orders_total counter',
      'orders_total{state="paid"} 2',
      '# HELP queue_length OpenTelemetry metric queue.length',
      '# TYPE queue_length gauge',
      'queue_length -3',
      '# HELP memory_bytes OpenTelemetry metric memory',
      '# TYPE memory_bytes gauge',
      'memory_bytes 1.5',
      '# HELP latency_seconds OpenTelemetry metric latency',
      '# TYPE latency_seconds histogram',
      'latency_seconds_bucket{le="0.1"} 0',
      'latency_seconds_bucket{le="1"} 1',
      'latency_seconds_bucket{le="+Inf"} 1',
      'latency_seconds_sum 0.5',
      'latency_seconds_count 1',
      '',
    ].join('\n'),
  );
});

test('a help has an end', async () => {
  const text = await served((meter) =>
    meter('m')
      .createCounter('c', { description: 'd'.repeat(100_000) })
      .add(1),
  );
  expect(text.split('\n')[0]).toBe(`# HELP c_total ${'d'.repeat(1024)}`);
});

test('scope and target are told unless switched off', async () => {
  const { samples, types } = parse(await served(twoScopes, {}, { scopeInfo: true, targetInfo: true }));
  expect([...samples]).toEqual([
    ['target_info{service_name="shop"}', 1],
    ['visits_total{otel_scope_name="no version"}', 1],
    ['orders_total{otel_scope_name="shop",otel_scope_version="1.2.3"}', 1],
  ]);
  expect(types.get('target_info')).toBe('gauge');
  expect([...parse(await served(twoScopes)).samples.keys()].toSorted()).toEqual(['orders_total', 'visits_total']);
});

test('NaN and infinite values are written as Prometheus reads them', async () => {
  const text = await served((meter) => {
    meter('m').createGauge('nan').record(NaN);
    meter('m').createGauge('up').record(Infinity);
    meter('m').createGauge('down').record(-Infinity);
  });
  expect(text).toContain('\nnan NaN\n');
  expect(text).toContain('\nup +Inf\n');
  expect(text).toContain('\ndown -Inf\n');
});

describe('labels', () => {
  const cases: readonly (readonly [what: string, attributes: unknown, expected: string])[] = [
    ['collide', { 'b.c': 2, b_c: 3, 'a.b': 1, 'b-c': 'first' }, '{a_b="1",b_c="first;2;3"}'],
    [
      'are strings of every kind',
      { s: 'x', n: 1.5, t: true, list: ['a', 'b'] },
      '{list="[\\"a\\",\\"b\\"]",n="1.5",s="x",t="true"}',
    ],
    ['are empty', { a: '', b: null, c: undefined }, ''],
    ['hold quotes, backslashes and line feeds', { a: '"} 1\n\\' }, '{a="\\"} 1\\n\\\\"}'],
    ['hold NUL and a lone surrogate', { a: 'x\0y\uD800z' }, '{a="x\uFFFDy\uFFFDz"}'],
    ['are functions and symbols', { f: () => 1, s: Symbol('x') }, '{f="[function]",s="[symbol]"}'],
    [
      'have hostile names',
      { le: 1, quantile: 2, __name__: 3, '': 4 },
      '{_="4",_name_="3",exported_le="1",exported_quantile="2"}',
    ],
    ['have endless names', { ['k'.repeat(100_000)]: 1 }, `{${'k'.repeat(256)}="1"}`],
    ['are a text', 'x'.repeat(100_000), ''],
    ['are a list', ['a', 'b'], ''],
    ['are bytes', Buffer.alloc(1000), ''],
    ['are an object of another realm', runInNewContext('({ a: 1 })'), '{a="1"}'],
    [
      'are without end',
      Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index + 10_000}`, 1])),
      `{${Array.from({ length: 64 }, (_, index) => `k${index + 10_000}="1"`).join(',')}}`,
    ],
    ['are endless', { a: 'x'.repeat(1_000_000) }, `{a="${'x'.repeat(1024)}"}`],
  ];
  test.each(cases)('that %s are safe', async (_what, attributes, expected) => {
    const text = await served((meter) => {
      meter('m')
        .createCounter('c')
        .add(1, attributes as Attributes);
    });
    expect(text.split('\n')[2]).toBe(`c_total${expected} 1`);
    parse(text);
  });

  test('of values that turn bad after they were recorded are safe', async () => {
    let armed = false;
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const attributes = {
      list: [{ toJSON: (): unknown => (armed ? circular : 'fine') }],
      get trap(): string {
        if (armed) throw new Error('no');
        return 'fine';
      },
    };
    const text = await served((meter) => {
      meter('m').createCounter('c').add(1, attributes);
      armed = true;
    });
    expect(text.split('\n')[2]).toBe('c_total{list="[unreadable]",trap="[unreadable]"} 1');
  });
});

describe('what Prometheus cannot tell apart', () => {
  test('sums and histograms are added up, of gauges the first stays and a line says so', async () => {
    const text = await served((meter) => {
      for (const scope of ['a', 'b']) {
        meter(scope).createCounter('hits').add(2);
        meter(scope).createUpDownCounter('open').add(-1);
        meter(scope)
          .createGauge('level')
          .record(scope === 'a' ? 7 : 8);
        meter(scope)
          .createHistogram('size', { advice: { explicitBucketBoundaries: [1, 2] } })
          .record(1.5);
      }
    });
    expect(Object.fromEntries(parse(text).samples)).toEqual({
      hits_total: 4,
      open: -2,
      level: 7,
      'size_bucket{le="1"}': 0,
      'size_bucket{le="2"}': 2,
      'size_bucket{le="+Inf"}': 2,
      size_sum: 3,
      size_count: 2,
    });
    expect(lines()).toEqual([
      'metric level (b) is not served on /metrics: another series of level has the same labels {}',
    ]);
  });

  test('series that differ only in the order or spelling of their keys are one', async () => {
    const text = await served((meter) => {
      const hits = meter('m').createCounter('hits');
      hits.add(1, { 'a.b': 'x', c: 'y' });
      hits.add(2, { c: 'y', a_b: 'x' });
      hits.add(4, { c: 'y', a_b: 'x', d: '' });
    });
    expect([...parse(text).samples]).toEqual([['hits_total{a_b="x",c="y"}', 7]]);
  });

  test('of histograms with other bounds the first stays', async () => {
    const text = await served((meter) => {
      for (const [scope, bound] of [
        ['a', 2],
        ['b', 3],
      ] as const) {
        meter(scope)
          .createHistogram('size', { advice: { explicitBucketBoundaries: [1, bound] } })
          .record(1.5);
      }
    });
    expect(parse(text).samples.get('size_bucket{le="2"}')).toBe(1);
    expect(parse(text).samples.get('size_count')).toBe(1);
    expect(lines()).toHaveLength(1);
  });

  test('of two types under one name the later is left out, and the line names both', async () => {
    const text = await served((meter) => {
      meter('a').createGauge('jobs.total').record(1);
      meter('b').createCounter('jobs').add(2);
    });
    expect([...parse(text).samples]).toEqual([['jobs_total', 1]]);
    expect(lines()).toEqual([
      'metric jobs (b) is not served on /metrics: as a counter jobs_total it conflicts with the gauge jobs_total (a)',
    ]);
  });

  test('no metric takes a name that samples of a histogram have, nor the reverse', async () => {
    const text = await served((meter) => {
      meter('a').createHistogram('size').record(1);
      meter('b').createGauge('size.count').record(2);
      meter('c').createGauge('length.sum').record(3);
      meter('d').createHistogram('length').record(4);
    });
    const { samples, types } = parse(text);
    expect([...types]).toEqual([
      ['size', 'histogram'],
      ['length_sum', 'gauge'],
    ]);
    expect(samples.get('size_count')).toBe(1);
    expect(samples.get('length_sum')).toBe(3);
    expect(lines()).toHaveLength(2);
  });

  test('a metric called target_info does not mix with the resource', async () => {
    const text = await served((meter) => meter('m').createGauge('target.info').record(5), {}, { targetInfo: true });
    expect([...parse(text).samples]).toEqual([['target_info{service_name="shop"}', 1]]);
    expect(lines()).toHaveLength(1);
  });

  test('the same of two wins, whichever meter was made first', async () => {
    expect(await conflict(['a', 'b'])).toBe(await conflict(['b', 'a']));
  });

  test('an instrument with no usable name is left out with a line', async () => {
    const text = await served((meter) => {
      meter('m').createCounter('日本').add(1);
      meter('m').createCounter('fine').add(1);
    });
    expect([...parse(text).samples.keys()]).toEqual(['fine_total']);
    expect(lines()).toHaveLength(1);
  });
});

describe('exponential histograms', () => {
  test('are served as buckets of the bounds that their scale gives', async () => {
    const { samples, types } = parse(await served(record(0, 1, 1.1, 2, 16), exponential));
    expect(types.get('latency_seconds')).toBe('histogram');
    expect(samples.get('latency_seconds_bucket{le="0"}')).toBe(1);
    expect(samples.get('latency_seconds_bucket{le="1"}')).toBe(2);
    expect(samples.get('latency_seconds_bucket{le="2"}')).toBe(4);
    expect(samples.get('latency_seconds_bucket{le="8"}')).toBe(4);
    expect(samples.get('latency_seconds_bucket{le="16"}')).toBe(5);
    expect(samples.get('latency_seconds_bucket{le="+Inf"}')).toBe(5);
    expect(samples.get('latency_seconds_sum')).toBeCloseTo(20.1);
    expect(samples.get('latency_seconds_count')).toBe(5);
  });

  test('keep their bounds when the SDK widens the scale', async () => {
    const narrow = await boundsOf(1, 1.01, 3);
    const wide = await boundsOf(0.001, 1, 1.01, 3, 1000);
    expect(narrow.length).toBeGreaterThan(4);
    expect(wide).toEqual(expect.arrayContaining([...narrow]));
    expect(wide.length).toBeLessThanOrEqual(4 * Math.log2(1e6) + 5);
  });

  test('count what is negative below zero, and then give no sum', async () => {
    const text = await served((meter) => {
      const change = meter('m').createUpDownCounter('change');
      for (const value of [-4, -1, 0, 2]) change.add(value);
    }, exponential);
    const { samples } = parse(text);
    expect(samples.get('change_bucket{le="0"}')).toBe(3);
    expect(samples.get('change_bucket{le="2"}')).toBe(4);
    expect(samples.has('change_sum')).toBe(false);
    const counts = [...samples].filter(([name]) => name.includes('_bucket')).map(([, count]) => count);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  });
});

const exponential: MeterProviderOptions = {
  views: [{ instrumentName: '*', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
};

const twoScopes: Use = (meter) => {
  meter('shop', '1.2.3').createCounter('orders').add(1);
  meter('no version').createCounter('visits').add(1);
};

/** Two gauges that are one to Prometheus, by scope in order of creation. */
function conflict(scopes: readonly string[]): Promise<string> {
  return served((meter) => {
    for (const scope of scopes)
      meter(scope)
        .createGauge('level')
        .record(scope === 'a' ? 1 : 2);
  });
}

function record(...values: readonly number[]): Use {
  return (meter) => {
    const histogram = meter('m').createHistogram('latency', { unit: 's' });
    for (const value of values) histogram.record(value);
  };
}

async function boundsOf(...values: readonly number[]): Promise<readonly string[]> {
  const { samples } = parse(await served(record(...values), exponential));
  return [...samples.keys()].filter((name) => name.includes('_bucket'));
}
