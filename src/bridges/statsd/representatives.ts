/**
 * A few values that stand for all of a histogram's. StatsD takes values and computes its own percentiles from them; what
 * is known of them is how many lie in which bucket, their sum, the smallest and the largest.
 */
import type { ExponentialHistogram, Histogram } from '@opentelemetry/sdk-metrics';

export type Distribution = Histogram | ExponentialHistogram;

/** Values of one bucket, which lie between the two. */
interface Cell {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Lines for the fullest bucket, and for others in proportion: servers compute percentiles from lines, not from rates. */
const MOST = 10;

/**
 * Each with the number of values it stands for, whole and from 1 on; the numbers add up to the count. Within every bucket
 * they lie at the same share of the way from its low end to its high end, the one at which their sum is right. One value
 * alone is exact, and so are the smallest and the largest where they are alone in their bucket.
 */
export function* representatives(value: Distribution): Generator<readonly [value: number, count: number]> {
  const cells = cellsOf(value);
  const share = shareOf(cells, value.sum ?? Number.NaN);
  const fullest = Math.max(...cells.map(({ count }) => count));
  for (const { low, high, count } of cells) {
    const representative = low + share * (high - low);
    if (!Number.isFinite(representative)) continue;
    const lines = cells.length === 1 ? 1 : fullest <= MOST ? count : Math.max(1, Math.round((count / fullest) * MOST));
    for (let line = 0; line < lines; line++) {
      yield [representative, Math.floor(count / lines) + (line < count % lines ? 1 : 0)];
    }
  }
}

function shareOf(cells: readonly Cell[], sum: number): number {
  let least = 0;
  let room = 0;
  for (const { low, high, count } of cells) {
    least += count * low;
    room += count * (high - low);
  }
  const share = (sum - least) / room;
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0.5;
}

function cellsOf(value: Distribution): readonly Cell[] {
  const { min = -Infinity, max = Infinity } = value;
  const cells = ('buckets' in value ? explicit(value) : exponential(value)).filter(({ count }) => count > 0);
  return cells.map(({ low, high, count }, index) => {
    const alone = count === 1;
    const from = alone && index === cells.length - 1 && Number.isFinite(max) ? max : Math.max(low, min);
    const to = alone && index === 0 && Number.isFinite(min) ? min : Math.min(high, max);
    // Without smallest and largest the outermost buckets have one end alone.
    return { low: Number.isFinite(from) ? from : to, high: Number.isFinite(to) ? to : from, count };
  });
}

const explicit = ({ buckets: { boundaries, counts } }: Histogram): readonly Cell[] =>
  counts.map((count, index) => ({
    low: boundaries[index - 1] ?? -Infinity,
    high: boundaries[index] ?? Infinity,
    count,
  }));

function exponential({ scale, zeroCount, positive, negative }: ExponentialHistogram): readonly Cell[] {
  const bound = (index: number): number => 2 ** (index * 2 ** -scale);
  const above = positive.bucketCounts.map((count, position) => ({
    low: bound(positive.offset + position),
    high: bound(positive.offset + position + 1),
    count,
  }));
  const below = negative.bucketCounts.map((count, position) => ({
    low: -bound(negative.offset + position + 1),
    high: -bound(negative.offset + position),
    count,
  }));
  return [...below, { low: 0, high: 0, count: zeroCount }, ...above];
}

/** Two histograms of one metric; where a view has given them other buckets, the first alone. */
export function merged(a: Histogram, b: Histogram): Histogram {
  if (a.buckets.counts.length !== b.buckets.counts.length) return a;
  return {
    buckets: {
      boundaries: a.buckets.boundaries,
      counts: a.buckets.counts.map((count, index) => count + (b.buckets.counts[index] ?? 0)),
    },
    count: a.count + b.count,
    ...(a.sum !== undefined && b.sum !== undefined && { sum: a.sum + b.sum }),
    ...(a.min !== undefined && b.min !== undefined && { min: Math.min(a.min, b.min) }),
    ...(a.max !== undefined && b.max !== undefined && { max: Math.max(a.max, b.max) }),
  };
}
