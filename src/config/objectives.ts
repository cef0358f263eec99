/** Service level objectives, as settings say them; kept as they were said, for that is how they are shown. */
import { fitting, split, type Rule } from './rules.ts';

/** So many of a hundred server requests … */
export interface LatencyObjective {
  /** 0 to 1, both excluded. */
  readonly objective: number;
  /** … take at most this many milliseconds. */
  readonly within: number;
}

/** `99.9` → 0.999 */
export const ratioOf = (percent: number): number =>
  // 99.9 / 100 is 0.9990000000000001.
  Number((percent / 100).toPrecision(12));

function percentOf(text: string): number | undefined {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  return value > 0 && value < 100 ? value : undefined;
}

export const percentage: Rule<number> = {
  expected: 'percent, more than 0 and less than 100',
  parse(given) {
    const value = percentOf(given.replace(/\s*%$/, ''));
    return value === undefined ? undefined : { value };
  },
};

const EXPECTED = 'percent:milliseconds, separated by commas (99:1000)';

/** Each as `percent:milliseconds`. */
export const latencyObjectives: Rule<readonly string[]> = {
  expected: EXPECTED,
  parse: (given) =>
    fitting(split(given), EXPECTED, (entry) => {
      const [, percent = '', within = ''] = /^([\d.]+)\s*%?\s*:\s*(\d{1,7})$/.exec(entry) ?? [];
      const share = percentOf(percent);
      return share === undefined || Number(within) === 0 ? [] : [`${share}:${Number(within)}`];
    }),
};

export function latencyObjective(text: string): LatencyObjective {
  const [percent = 0, within = 0] = text.split(':').map(Number);
  return { objective: ratioOf(percent), within };
}
