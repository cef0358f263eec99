/** What is written for one value: the forms of a line. https://github.com/statsd/statsd/blob/v0.9.0/docs/metric_types.md */
import type { Format, Label } from './names.ts';
import { representatives, type Distribution } from './representatives.ts';

export function* counter([name, tags]: Label, value: number): Generator<string> {
  if (Number.isFinite(value) && value !== 0) yield `${name}:${decimal(value)}|c${tags}`;
}

/** A sign makes it a change of what the server has: a negative value is one from zero. */
export function* gauge([name, tags]: Label, value: number): Generator<string> {
  if (!Number.isFinite(value)) return;
  if (value < 0) yield `${name}:0|g${tags}`;
  yield `${name}:${decimal(value)}|g${tags}`;
}

/**
 * Seconds in milliseconds, as the type has it; another unit as it is. Plain StatsD has no type for that but `ms`, which is
 * all that makes it compute percentiles; DogStatsD has `h`.
 */
export function* timer([name, tags]: Label, value: Distribution, unit: string, format: Format): Generator<string> {
  const scale = unit === 's' ? 1000 : 1;
  const type = unit === 's' || unit === 'ms' || !format.tags ? 'ms' : 'h';
  for (const [representative, count] of representatives(value)) {
    // Twelve digits: what the conversion adds behind them was not measured.
    const measured = decimal(Number((representative * scale).toPrecision(12)));
    yield `${name}:${measured}|${type}${count === 1 ? '' : `|@${rateOf(count)}`}${tags}`;
  }
}

/** The sample rate that stands for `count` values. Servers divide by it, and some cut off what is behind the point. */
function rateOf(count: number): string {
  let rate = 1 / count;
  while (1 / rate < count) rate *= 1 - Number.EPSILON;
  return decimal(rate);
}

/** Without an exponent, which not every server reads. */
function decimal(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return Math.abs(value) < 1 ? value.toFixed(20) : String(BigInt(Math.trunc(value)));
}
