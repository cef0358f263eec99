import { DataPointType, type MetricData, type ScopeMetrics } from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import { addExactly, rest, rounded, type Exact } from '../../src/exact-sum.ts';
import { merge, sumsOf, type Part } from '../../src/group/merge.ts';
import type { Across } from '../../src/group/series.ts';

type Point = {
  readonly value: unknown;
  readonly attributes?: object;
  readonly series?: string;
  readonly exemplars?: unknown;
};

function scope(
  name: string,
  dataPointType: DataPointType,
  points: readonly Point[],
  more: object = {},
): ScopeMetrics[] {
  const metric = {
    descriptor: { name, unit: '', description: 'text', valueType: 1 },
    aggregationTemporality: 1,
    dataPointType,
    ...(dataPointType === DataPointType.SUM && { isMonotonic: true }),
    ...more,
    dataPoints: points.map((point, index) => ({ startTime: [index, 0], endTime: [9, 0], attributes: {}, ...point })),
  };
  return [{ scope: { name: 'scope', version: '1' }, metrics: [metric as unknown as MetricData] }];
}

const points = (merged: readonly ScopeMetrics[]): readonly Point[] =>
  merged.flatMap(({ metrics }) => metrics.flatMap(({ dataPoints }) => dataPoints as readonly Point[]));
const values = (merged: readonly ScopeMetrics[]): readonly unknown[] => points(merged).map(({ value }) => value);
const mergeAll = (parts: readonly Part[], across?: Across) => merge(parts, { acrossOf: () => across });
const of = (scopeMetrics: readonly ScopeMetrics[], worker?: string): Part => ({
  scopeMetrics,
  ...(worker !== undefined && { worker }),
});

test('counters add up by series, whatever the order of attributes; up-down counters as well while they are somebody’s', () => {
  const a = scope('n', DataPointType.SUM, [
    { value: 1, attributes: { x: 1, y: 'a' } },
    { value: 2, attributes: { x: 2 } },
  ]);
  const b = scope('n', DataPointType.SUM, [
    { value: 10, attributes: { y: 'a', x: 1 } },
    { value: 5, attributes: { x: '1', y: 'a' } },
  ]);
  expect(values(mergeAll([of(a, '0'), of(b, '1')]))).toEqual([11, 2, 5]);
  const open = scope('n', DataPointType.SUM, [{ value: 3 }], { isMonotonic: false });
  expect(values(mergeAll([of(open, '0'), of(open, '1'), of(open)]))).toEqual([6]);
});

test('a mark tells series apart instead of the attributes', () => {
  const marked = (value: number, series: string) =>
    scope('n', DataPointType.SUM, [{ value, series, attributes: { x: 1 } }]);
  expect(values(mergeAll([of(marked(1, 'a'), '0'), of(marked(2, 'a'), '1'), of(marked(4, 'b'), '1')]))).toEqual([3, 4]);
});

test('gauges: each with its worker, or by the rule of the catalogue', () => {
  const gauge = (value: number) =>
    scope('g', DataPointType.GAUGE, [{ value, attributes: { worker: 'mine' }, series: 's' }]);
  const parts = [of(gauge(3), '0'), of(gauge(8), '1.2'), of(gauge(100))];
  expect(points(mergeAll(parts))).toMatchObject([
    { value: 3, attributes: { worker: '0', exported_worker: 'mine' } },
    { value: 8, attributes: { worker: '1.2', exported_worker: 'mine' } },
  ]);
  expect(new Set(points(mergeAll(parts)).map(({ series }) => series)).size).toBe(2);
  expect((['max', 'sum'] as const).map((across) => values(mergeAll(parts, across)))).toEqual([[8], [11]]);
});

test('histograms of the same bounds add up; others are left out, by name', () => {
  const histogram = (boundaries: number[], counts: number[], sum: number, min: number, max: number) =>
    scope('h', DataPointType.HISTOGRAM, [
      { value: { buckets: { boundaries, counts }, count: counts.reduce((a, b) => a + b), sum, min, max } },
    ]);
  const leftOut: string[] = [];
  const merged = merge(
    [
      of(histogram([1, 2], [1, 0, 2], 7, 0.5, 4), '0'),
      of(histogram([1, 2], [0, 3, 1], 9, 1.5, 5), '1'),
      of(histogram([1, 3], [0, 3, 1], 9, 1.5, 5), '2'),
    ],
    { acrossOf: () => undefined, leftOut: (metric) => leftOut.push(metric) },
  );
  expect(values(merged)).toEqual([
    { buckets: { boundaries: [1, 2], counts: [1, 3, 3] }, count: 7, sum: 16, min: 0.5, max: 5 },
  ]);
  expect(leftOut).toEqual(['h']);
});

test('exponential histograms add up at the coarser scale, in no more buckets than the SDK has', () => {
  const histogram = (scale: number, offset: number, bucketCounts: number[]) =>
    scope('e', DataPointType.EXPONENTIAL_HISTOGRAM, [
      {
        value: {
          scale,
          zeroCount: 1,
          positive: { offset, bucketCounts },
          negative: { offset: 0, bucketCounts: [] },
          count: 1 + bucketCounts.reduce((a, b) => a + b),
          sum: 4,
        },
      },
    ]);
  expect(values(mergeAll([of(histogram(1, -1, [1, 2, 3]), '0'), of(histogram(0, -1, [10, 20]), '1')]))).toEqual([
    {
      scale: 0,
      zeroCount: 2,
      positive: { offset: -1, bucketCounts: [11, 25] },
      negative: { offset: 0, bucketCounts: [] },
      count: 38,
      sum: 8,
    },
  ]);
  const [far] = values(mergeAll([of(histogram(5, 0, [1]), '0'), of(histogram(5, 5000, [1]), '1')])) as readonly {
    readonly positive: { readonly bucketCounts: readonly number[] };
  }[];
  expect(far?.positive.bucketCounts.length).toBeLessThanOrEqual(160);
});

test('the newest exemplar of each bucket stays', () => {
  const counter = (exemplars: unknown) => scope('n', DataPointType.SUM, [{ value: 1, exemplars }]);
  const [old, young, other] = [1, 2, 3].map((time) => ({ value: 1, time, traceId: 't', spanId: 's' }));
  const merged = mergeAll([of(counter([old, undefined, other]), '0'), of(counter([young]), '1')]);
  expect(points(merged)[0]?.exemplars).toEqual([young, undefined, other]);
});

test('what is taken away is as if it had never been added, to the last bit', () => {
  const random = seeded(7);
  const part = (): ScopeMetrics[] => scope('n', DataPointType.SUM, [{ value: random() * 10 ** (random() * 12) }]);
  const [a, b, c] = [part(), part(), part()];
  const all = mergeAll([of(a, '0'), of(b, '1'), of(c, '2')]);
  const without = mergeAll([{ scopeMetrics: b, minus: true }, of(sumsOf(all))]);
  expect(values(without)).toEqual(values(mergeAll([of(c), of(a)])));
});

test('no order of members, and no grouping of those that are gone, changes a sum of seconds', () => {
  const random = seeded(42);
  for (let round = 0; round < 200; round++) {
    const parts = Array.from({ length: 8 }, () =>
      scope('n', DataPointType.SUM, [{ value: random() * 10 ** (random() * 20 - 10) }]),
    );
    const all = values(mergeAll(parts.map((part) => of(part, '0'))));
    const gone = mergeAll(parts.slice(3).map((part) => of(part)));
    expect(values(mergeAll([of(parts[2]!, '0'), of(gone), of(parts[0]!, '1'), of(parts[1]!, '2')]))).toEqual(all);
  }
});

test('exact sums round as the nearest number does, and survive what is not finite', () => {
  const sum = (...terms: readonly number[]): Exact => {
    const exact: Exact = [];
    for (const term of terms) addExactly(exact, term);
    return exact;
  };
  expect(rounded(sum(...Array.from({ length: 10 }, () => 0.1)))).toBe(1);
  expect(rounded(sum(1e100, 1, -1e100))).toBe(1);
  expect(rounded(sum(1, 2 ** -53, 2 ** -106))).toBe(1 + 2 ** -52);
  expect(rounded(sum(1, Infinity, 2))).toBe(Infinity);
  expect(rounded(sum(1, NaN, 2))).toBeNaN();
  expect(rest(sum(1, 2), 3)).toBeUndefined();
});

test('series of those that are gone are bounded; what is over goes where the SDK puts it', () => {
  const many = scope(
    'n',
    DataPointType.SUM,
    Array.from({ length: 10_010 }, (_, x) => ({ value: 1, attributes: { x } })),
  );
  const merged = points(mergeAll([of(many)]));
  expect(merged).toHaveLength(10_001);
  expect(merged.at(-1)).toMatchObject({ value: 10, attributes: { 'otel.metric.overflow': true } });
});

/** The same numbers in every run: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
