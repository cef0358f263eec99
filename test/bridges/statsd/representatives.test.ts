import type { ExponentialHistogram, Histogram } from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import { merged, representatives, type Distribution } from '../../../src/bridges/statsd/representatives.ts';

const BOUNDARIES = [0.1, 0.5, 1, 5];

/** The histogram that the values make. */
function histogram(...values: readonly number[]): Histogram {
  const counts = Array.from(BOUNDARIES, () => 0).concat(0);
  for (const value of values) {
    const index = BOUNDARIES.findIndex((bound) => value <= bound);
    counts[index === -1 ? BOUNDARIES.length : index]! += 1;
  }
  return {
    buckets: { boundaries: BOUNDARIES, counts },
    count: values.length,
    sum: values.reduce((a, b) => a + b, 0),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

const of = (value: Distribution): (readonly [number, number])[] => [...representatives(value)];
const countOf = (value: Distribution): number => of(value).reduce((all, [, count]) => all + count, 0);
const sumOf = (value: Distribution): number => of(value).reduce((all, [one, count]) => all + one * count, 0);

test('one value is itself', () => {
  expect(of(histogram(0.32))).toEqual([[0.32, 1]]);
});

test('values of one bucket are one line with their mean', () => {
  expect(of(histogram(0.2, 0.3, 0.4))).toEqual([[expect.closeTo(0.3, 12), 3]]);
});

test('the smallest and the largest are exact where they are alone in their bucket', () => {
  const values = of(histogram(0.05, 0.3, 0.4, 7)).map(([value]) => value);
  expect(values[0]).toBe(0.05);
  expect(values.at(-1)).toBe(7);
});

test('counts and sum are those of the histogram, whatever the values, with ten lines a bucket at the most', () => {
  let seed = 7;
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  for (let round = 0; round < 300; round++) {
    const value = histogram(...Array.from({ length: 1 + Math.floor(random() * 400) }, () => random() ** 3 * 8));
    expect(countOf(value)).toBe(value.count);
    expect(sumOf(value)).toBeCloseTo(value.sum!, 6);
    expect(of(value).length).toBeLessThanOrEqual(10 * (BOUNDARIES.length + 1));
    for (const [one, count] of of(value)) {
      expect(Number.isInteger(count) && count >= 1).toBe(true);
      expect(one).toBeGreaterThanOrEqual(value.min!);
      expect(one).toBeLessThanOrEqual(value.max!);
    }
  }
});

test('percentiles over the lines lie in the bucket of the values', () => {
  const lines = of(histogram(...Array<number>(940).fill(0.05), ...Array<number>(60).fill(3))).map(([value]) => value);
  const percentile = (share: number): number => lines.toSorted((a, b) => a - b)[Math.ceil(share * lines.length) - 1]!;
  expect(percentile(0.5)).toBeLessThan(0.1);
  expect(percentile(0.95)).toBeGreaterThan(1);
});

test('a histogram without sum, smallest and largest has a value in every bucket all the same', () => {
  const { buckets, count } = histogram(0.05, 0.3, 7);
  expect(of({ buckets, count })).toEqual([
    [0.1, 1],
    [expect.closeTo(0.3, 12), 1],
    [5, 1],
  ]);
});

test('values that are no numbers are left out', () => {
  const value = { ...histogram(0.2, 0.3), min: Number.NaN, max: Number.NaN, sum: Number.NaN };
  expect(of(value).every(([one]) => Number.isFinite(one))).toBe(true);
  expect(of({ ...histogram(), count: 0 })).toEqual([]);
});

test('an exponential histogram is one too, with zeros and negative values', () => {
  const value: ExponentialHistogram = {
    scale: 0,
    zeroCount: 2,
    positive: { offset: 0, bucketCounts: [3, 1] },
    negative: { offset: 1, bucketCounts: [1] },
    count: 7,
    sum: 1.5 * 3 + 3 - 3,
    min: -3,
    max: 3,
  };
  expect(countOf(value)).toBe(7);
  expect(sumOf(value)).toBeCloseTo(4.5, 9);
  expect(of(value).filter(([one]) => one === 0)).toHaveLength(2);
});

test('two histograms merge into one', () => {
  expect(merged(histogram(0.2, 7), histogram(0.3))).toEqual(histogram(0.2, 7, 0.3));
});
