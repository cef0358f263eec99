import type { Buckets } from './buckets.ts';
import { addExactly, rounded, type Exact } from './exact-sum.ts';

/** What adds up to one series, in any order: the same numbers give the same total. */
export interface Total {
  /**
   * `rest`: what rounding took from a number that is a total itself. False: it does not add up with the first one, as
   * histograms with other bounds, and is left out.
   */
  add(value: number | Buckets, rest?: readonly number[]): boolean;
  /** Undefined before anything was added. */
  value(): number | Buckets | undefined;
}

export function createTotal(): Total {
  const sum: Exact = [];
  let buckets:
    | { readonly bounds: readonly number[]; readonly counts: number[]; count: number; hasSum: boolean }
    | undefined;
  let isAny = false;

  const addSum = (term: number, rest: readonly number[] = []): void => {
    addExactly(sum, term);
    for (const part of rest) addExactly(sum, part);
  };
  return {
    add(value, rest) {
      if (typeof value === 'number') {
        if (buckets !== undefined) return false;
        isAny = true;
        addSum(value, rest);
        return true;
      }
      if (isAny && buckets === undefined) return false;
      isAny = true;
      if (buckets === undefined) {
        buckets = { bounds: value.bounds, counts: [...value.counts], count: value.count, hasSum: true };
      } else {
        const { bounds, counts } = buckets;
        if (!haveSame(bounds, value.bounds)) return false;
        for (let index = 0; index < counts.length; index++) counts[index]! += value.counts[index]!;
        buckets.count += value.count;
      }
      if (value.sum === undefined) buckets.hasSum = false;
      else addSum(value.sum, value.rest);
      return true;
    },
    value() {
      if (!isAny) return undefined;
      if (buckets === undefined) return rounded(sum);
      const { hasSum, ...rest } = buckets;
      return hasSum ? { ...rest, sum: rounded(sum) } : rest;
    },
  };
}

const haveSame = (a: readonly number[], b: readonly number[]): boolean =>
  a === b || (a.length === b.length && a.every((bound, index) => bound === b[index]));
