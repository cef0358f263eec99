/** Service level objectives, as settings say them. */
import type { Rule } from './rules.ts';
import { fitting, split } from './rules.ts';

/** So many of a hundred server requests … */
export interface LatencyObjective {
  /** 0 to 1, both excluded. */
  readonly objective: number;
  /** … take at most this many milliseconds. */
  readonly within: number;
}

function share(percent: string): number | undefined {
  const value = /^\d+(\.\d+)?$/.test(percent) ? Number(percent) : NaN;
  // 99.9 / 100 is 0.9990000000000001.
  return value > 0 && value < 100 ? Number((value / 100).toPrecision(12)) : undefined;
}

/** A share of what is asked for, as a ratio. */
export const percentage: Rule<number> = {
  expected: 'percent, more than 0 and less than 100',
  parse(given) {
    const value = share(given.replace(/\s*%$/, ''));
    return value === undefined ? undefined : { value };
  },
};

const EXPECTED = 'percent:milliseconds, separated by commas (99:1000)';

export const latencyObjectives: Rule<readonly LatencyObjective[]> = {
  expected: EXPECTED,
  parse: (given) =>
    fitting(split(given), EXPECTED, (entry) => {
      const [, percent = '', within = ''] = /^([\d.]+)\s*%?\s*:\s*(\d{1,7})$/.exec(entry) ?? [];
      const objective = share(percent);
      return objective === undefined || Number(within) === 0 ? [] : [{ objective, within: Number(within) }];
    }),
};
