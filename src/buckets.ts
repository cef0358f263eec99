/** Histograms as Prometheus counts them: each bucket holds everything up to its bound. */
import { DataPointType, type ExponentialHistogram, type Histogram, type MetricData } from '@opentelemetry/sdk-metrics';

export interface Buckets {
  /** Inclusive upper bounds, ascending; `+Inf` is not among them, its bucket is `count`. */
  readonly bounds: readonly number[];
  /** Observations up to the bound of the same index. */
  readonly counts: readonly number[];
  readonly count: number;
  /** Missing where observations may be negative: a sum that falls would read as a counter that was reset. */
  readonly sum?: number;
  /** What rounding took from the sum, where that is one of many processes. */
  readonly rest?: readonly number[];
}

const known = new WeakMap<object, Buckets>();

/** Of a point of a histogram, which is asked for by everybody who derives something of it. */
export function bucketsOf({ dataPointType }: MetricData, point: MetricData['dataPoints'][number]): Buckets {
  let buckets = known.get(point);
  if (buckets === undefined) {
    buckets =
      dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM
        ? exponentialBuckets(point.value as ExponentialHistogram)
        : explicitBuckets(point.value as Histogram);
    known.set(point, buckets);
  }
  return buckets;
}

function explicitBuckets({ buckets, count, sum, rest }: Histogram & Pick<Buckets, 'rest'>): Buckets {
  return cumulative(
    buckets.boundaries.map((bound, index) => [bound, buckets.counts[index] ?? 0]),
    count,
    sum,
    rest,
  );
}

/**
 * Four buckets to every doubling: finer ones cost series, not insight. The bounds of a coarser scale are among those of
 * a finer one, so a series stays when the SDK widens its scale.
 */
const MAX_SCALE = 2;

/** A base-2 exponential histogram with the bounds that its scale gives. */
function exponentialBuckets({
  scale,
  zeroCount,
  positive,
  negative,
  count,
  sum,
  rest,
}: ExponentialHistogram & Pick<Buckets, 'rest'>): Buckets {
  const shift = Math.max(0, scale - MAX_SCALE);
  const bound = (index: number): number => 2 ** (index * 2 ** -(scale - shift));
  const below = [...coarser(negative, shift)].toReversed().map(([index, n]) => [-bound(index), n] as const);
  const above = [...coarser(positive, shift)].map(([index, n]) => [bound(index + 1), n] as const);
  const zero = zeroCount > 0 || below.length > 0 ? [[0, zeroCount] as const] : [];
  return cumulative([...below, ...zero, ...above], count, sum, rest);
}

/** Counts by bucket index after `shift` halvings of the scale. */
function coarser(
  { offset, bucketCounts }: ExponentialHistogram['positive'],
  shift: number,
): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  bucketCounts.forEach((n, position) => {
    const index = Math.floor((offset + position) / 2 ** shift);
    counts.set(index, (counts.get(index) ?? 0) + n);
  });
  return counts;
}

function cumulative(
  buckets: readonly (readonly [bound: number, n: number])[],
  count: number,
  sum: number | undefined,
  rest: Buckets['rest'],
): Buckets {
  const bounds: number[] = [];
  const counts: number[] = [];
  let upTo = 0;
  for (const [bound, n] of buckets) {
    upTo += n;
    if (!Number.isFinite(bound)) continue;
    // A bound that a view gives twice is one bucket.
    if (bound === bounds.at(-1)) counts.pop();
    else bounds.push(bound);
    counts.push(upTo);
  }
  return { bounds, counts, count, ...(sum !== undefined && { sum }), ...(rest !== undefined && { rest }) };
}
