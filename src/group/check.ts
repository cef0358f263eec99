import type { ThreadValues } from './frames.ts';

type Unknown = Readonly<Record<string, unknown>>;

/** Levels of attributes; a value has at most 16 where it is measured. */
const DEPTH = 20;

/** Throws where values that somebody has sent are not of the form they claim: merging and the page rely on it. */
export function check(id: number, threads: readonly ThreadValues[]): void {
  expect(Number.isInteger(id) && id > 0 && id < 2 ** 32);
  for (const { thread, scopeMetrics } of threads) {
    expect(thread === undefined || Number.isSafeInteger(thread));
    for (const { scope, metrics } of scopeMetrics) {
      expect(isText(scope.name) && (scope.version === undefined || isText(scope.version)));
      for (const metric of metrics) {
        const { descriptor, dataPointType, dataPoints } = metric;
        const isMonotonic = 'isMonotonic' in metric && metric.isMonotonic;
        expect(isText(descriptor.name) && isText(descriptor.description) && isText(descriptor.unit));
        for (const point of dataPoints) {
          expect(isPoint({ ...point }) && isValue(dataPointType, point.value, isMonotonic));
        }
      }
    }
  }
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isNumberOrNone = (value: unknown): boolean => value === undefined || isNumber(value);
const isCount = (value: unknown): boolean => isNumber(value) && value >= 0;
const areAll = (values: unknown, is: (value: unknown) => boolean): values is readonly unknown[] =>
  Array.isArray(values) && values.every(is);
/** What rounding took from a sum. */
const isRest = (value: unknown): boolean => value === undefined || areAll(value, Number.isFinite);

const isPoint = ({ attributes, startTime, endTime, series, rest, exemplars }: Unknown): boolean =>
  areAttributes(attributes) &&
  areAll(startTime, isNumber) &&
  areAll(endTime, isNumber) &&
  (series === undefined || isText(series)) &&
  isRest(rest) &&
  (exemplars === undefined || areAll(exemplars, isExemplar));

const areAttributes = (value: unknown): boolean => typeof value === 'object' && value !== null && isData(value);

/** As a measurement is kept under: nested, but without cycles, and all of it has a text. */
const isData = (value: unknown, levels = DEPTH): boolean =>
  typeof value === 'object' && value !== null
    ? levels > 0 && Object.values(value).every((each) => isData(each, levels - 1))
    : typeof value !== 'bigint';

/** There may be none for a bucket. */
function isExemplar(exemplar: unknown): boolean {
  if (exemplar === undefined) return true;
  if (typeof exemplar !== 'object' || exemplar === null) return false;
  const { value, time, traceId, spanId } = exemplar as Unknown;
  return isNumber(value) && isNumber(time) && isHex(traceId) && isHex(spanId);
}

const isHex = (value: unknown): boolean => typeof value === 'string' && /^[\da-f]{0,32}$/i.test(value);

/** By the numbers of `DataPointType`: explicit and exponential histograms, then gauges and sums. */
function isValue(type: unknown, value: unknown, isMonotonic: boolean): boolean {
  if (type === 0) return isExplicit(value as Unknown);
  if (type === 1) return isExponential(value as Unknown);
  if (type === 2) return isNumber(value);
  return type === 3 && isNumber(value) && !(isMonotonic && value < 0);
}

const isExplicit = (value: Unknown): boolean => {
  const { boundaries, counts } = value['buckets'] as Unknown;
  return (
    areAll(boundaries, isNumber) &&
    areAll(counts, isCount) &&
    counts.length === boundaries.length + 1 &&
    areFigures(value)
  );
};

function isExponential(value: Unknown): boolean {
  const { scale, zeroCount, positive, negative } = value;
  // Within what the SDK makes; a shift wraps far beyond it.
  const isScale = Number.isInteger(scale) && Math.abs(Number(scale)) <= 20;
  return isScale && isCount(zeroCount) && isSide(positive) && isSide(negative) && areFigures(value);
}

function isSide(side: unknown): boolean {
  const { offset, bucketCounts } = side as Unknown;
  return Number.isInteger(offset) && Math.abs(Number(offset)) < 2 ** 31 && areAll(bucketCounts, isCount);
}

const areFigures = ({ count, sum, min, max, rest }: Unknown): boolean =>
  isCount(count) && isNumberOrNone(sum) && isNumberOrNone(min) && isNumberOrNone(max) && isRest(rest);

function expect(isSo: boolean): void {
  if (!isSo) throw new Error('values of another form');
}
