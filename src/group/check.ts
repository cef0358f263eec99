import type { ThreadValues } from './frames.ts';

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const areNumbers = (value: unknown): boolean => Array.isArray(value) && value.every((each) => typeof each === 'number');

/** Throws where values that somebody has sent are not of the form they claim: merging relies on it. */
export function check(id: number, threads: readonly ThreadValues[]): void {
  expect(Number.isInteger(id) && id > 0 && id < 2 ** 32);
  for (const { thread, scopeMetrics } of threads) {
    expect(thread === undefined || Number.isSafeInteger(thread));
    for (const { scope, metrics } of scopeMetrics) {
      expect(typeof scope.name === 'string');
      for (const { descriptor, dataPointType, dataPoints } of metrics) {
        expect(typeof descriptor.name === 'string' && typeof descriptor.description === 'string');
        for (const { attributes, startTime, endTime, value } of dataPoints) {
          expect(isObject(attributes) && areNumbers(startTime) && areNumbers(endTime));
          expect(isValue(dataPointType, value as never));
        }
      }
    }
  }
}

/** By the numbers of `DataPointType`: explicit and exponential histograms, then gauges and sums. */
function isValue(type: number, value: Parameters<typeof isExplicit>[0] & Parameters<typeof isExponential>[0]): boolean {
  if (type === 0) return isExplicit(value);
  return type === 1 ? isExponential(value) : typeof value === 'number';
}

const isExplicit = ({
  buckets,
  count,
}: {
  readonly buckets: Readonly<Record<string, unknown>>;
  readonly count: unknown;
}) => areNumbers(buckets['boundaries']) && areNumbers(buckets['counts']) && typeof count === 'number';

function isExponential({ scale, positive, negative, count }: Readonly<Record<string, unknown>>): boolean {
  const isSide = (side: unknown): boolean => {
    const { offset, bucketCounts } = side as Readonly<Record<string, unknown>>;
    return Number.isSafeInteger(offset) && areNumbers(bucketCounts);
  };
  // Within what the SDK makes; a shift wraps far beyond it.
  return Math.abs(Number(scale)) <= 20 && isSide(positive) && isSide(negative) && typeof count === 'number';
}

function expect(isSo: boolean): void {
  if (!isSo) throw new Error('values of another form');
}
