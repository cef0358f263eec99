/** Histograms of several processes as one. */
import type { ExponentialHistogram, Histogram } from '@opentelemetry/sdk-metrics';
import { addExactly, rest, rounded, type Exact } from '../exact-sum.ts';

/** What a histogram says besides its buckets. */
interface Figures {
  count: number;
  sum: Exact | undefined;
  min: number | undefined;
  max: number | undefined;
}

export interface Explicit extends Figures {
  readonly bounds: readonly number[];
  readonly counts: number[];
}

export interface Exponential extends Figures {
  scale: number;
  zeroCount: number;
  readonly positive: Map<number, number>;
  readonly negative: Map<number, number>;
}

/** A sum that was merged before has lost nothing: what rounding took from it is beside it. */
export type WithRest<T> = T & { readonly rest?: Exact };

/** Buckets of a merged exponential histogram, of each sign; as the SDK limits its own. */
const MAX_BUCKETS = 160;

const noFigures = (): Figures => ({ count: 0, sum: [], min: undefined, max: undefined });

export const noExplicit = ({ buckets: { boundaries } }: Histogram): Explicit => ({
  ...noFigures(),
  bounds: boundaries,
  counts: Array.from({ length: boundaries.length + 1 }, () => 0),
});

export const noExponential = ({ scale }: ExponentialHistogram): Exponential => ({
  ...noFigures(),
  scale,
  zeroCount: 0,
  positive: new Map(),
  negative: new Map(),
});

/** `sign` -1 takes away again. False: the bounds differ, nothing was added. */
export function addExplicit(to: Explicit, given: WithRest<Histogram>, sign: 1 | -1): boolean {
  const { boundaries, counts } = given.buckets;
  if (!areSame(boundaries, to.bounds)) return false;
  for (let index = 0; index < to.counts.length; index++) {
    to.counts[index] = Math.max(0, to.counts[index]! + sign * (counts[index] ?? 0));
  }
  addFigures(to, given, sign);
  return true;
}

function areSame(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

export function addExponential(to: Exponential, given: WithRest<ExponentialHistogram>, sign: 1 | -1): void {
  const scale = Math.min(to.scale, given.scale);
  widen(to, to.scale - scale);
  const shift = given.scale - scale;
  for (const side of ['positive', 'negative'] as const) {
    const { offset, bucketCounts } = given[side];
    bucketCounts.forEach((count, position) => {
      // The bounds of a coarser scale are among those of a finer one.
      const index = (offset + position) >> shift;
      if (count > 0) to[side].set(index, Math.max(0, (to[side].get(index) ?? 0) + sign * count));
    });
  }
  while (spread(to.positive) > MAX_BUCKETS || spread(to.negative) > MAX_BUCKETS) widen(to, 1);
  to.zeroCount = Math.max(0, to.zeroCount + sign * given.zeroCount);
  addFigures(to, given, sign);
}

function widen(to: Exponential, shift: number): void {
  if (shift === 0) return;
  to.scale -= shift;
  for (const side of [to.positive, to.negative]) {
    const finer = [...side];
    side.clear();
    for (const [index, count] of finer) side.set(index >> shift, (side.get(index >> shift) ?? 0) + count);
  }
}

function spread(side: ReadonlyMap<number, number>): number {
  let [low, high] = [Infinity, -Infinity];
  for (const index of side.keys()) [low, high] = [Math.min(low, index), Math.max(high, index)];
  return side.size === 0 ? 0 : high - low + 1;
}

function addFigures(to: Figures, given: WithRest<Histogram | ExponentialHistogram>, sign: 1 | -1): void {
  to.count = Math.max(0, to.count + sign * given.count);
  // One that is unknown leaves all of them unknown.
  if (given.sum === undefined) to.sum = undefined;
  else if (to.sum !== undefined) {
    addExactly(to.sum, sign * given.sum);
    if (given.rest !== undefined) for (const term of given.rest) addExactly(to.sum, sign * term);
  }
  if (sign < 0) return;
  if (given.min !== undefined) to.min = Math.min(to.min ?? Infinity, given.min);
  if (given.max !== undefined) to.max = Math.max(to.max ?? -Infinity, given.max);
}

export const explicitOf = (from: Explicit): WithRest<Histogram> => ({
  buckets: { boundaries: [...from.bounds], counts: from.counts },
  ...figuresOf(from),
});

export const exponentialOf = (from: Exponential): WithRest<ExponentialHistogram> => ({
  scale: from.scale,
  zeroCount: from.zeroCount,
  positive: buckets(from.positive),
  negative: buckets(from.negative),
  ...figuresOf(from),
});

function buckets(side: ReadonlyMap<number, number>): ExponentialHistogram['positive'] {
  const offset = side.size === 0 ? 0 : Math.min(...side.keys());
  return {
    offset,
    bucketCounts: Array.from({ length: spread(side) }, (_, position) => side.get(offset + position) ?? 0),
  };
}

function figuresOf({ count, sum, min, max }: Figures) {
  const total = sum && rounded(sum);
  const left = sum && rest(sum, total ?? 0);
  return {
    count,
    ...(total !== undefined && { sum: total }),
    ...(left !== undefined && { rest: left }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  };
}
