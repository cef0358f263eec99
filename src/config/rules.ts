import { maskUrl } from './mask.ts';

/**
 * How the text of a variable becomes a value. The text is trimmed and never empty: the specification reads an
 * empty variable as one that is not set.
 */
export interface Rule<T> {
  /** Completes "expected …". */
  readonly expected: string;
  /** `undefined`: nothing of it can be used. */
  parse(text: string): Parsed<T> | undefined;
}

export interface Parsed<T> {
  readonly value: T;
  /** What could not be used although the rest could, as the end of a sentence. */
  readonly complaint?: string;
}

/** The longest delay a Node.js timer keeps; a longer one fires after 1 ms. */
export const LONGEST = 2 ** 31 - 1;

const rule = <T>(expected: string, read: (text: string) => T | undefined): Rule<T> => ({
  expected,
  parse(text) {
    const value = read(text);
    return value === undefined ? undefined : { value };
  },
});

export const text: Rule<string> = rule('a text', (given) => given);

export const matching = (pattern: RegExp, expected: string): Rule<string> =>
  rule(expected, (given) => (pattern.test(given) ? given : undefined));

export const flag: Rule<boolean> = rule('true or false', (given) => {
  const word = given.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
});

export function integer(min: number, max: number = LONGEST, what = 'a whole number'): Rule<number> {
  return rule(`${what} (${min} to ${max})`, (given) => {
    const value = /^[+-]?\d+$/.test(given) ? Number(given) + 0 : NaN;
    return value >= min && value <= max ? value : undefined;
  });
}

export const count: Rule<number> = integer(0);
export const size: Rule<number> = integer(1);
export const port: Rule<number> = integer(0, 65_535, 'a port');
/** A period of a timer: zero would never let the process rest. */
export const delay: Rule<number> = integer(1, LONGEST, 'milliseconds');

/** Zero means no limit, as the specification has it. */
export const timeout: Rule<number> = {
  expected: `milliseconds (0 to ${LONGEST}, 0 for no limit)`,
  parse(given) {
    const read = integer(0).parse(given);
    return read?.value === 0 ? { value: LONGEST } : read;
  },
};

export const ratio: Rule<number> = rule('a ratio from 0 to 1', (given) => {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(given) ? Number(given) + 0 : NaN;
  return value >= 0 && value <= 1 ? value : undefined;
});

/** One word of a set, in any case; `also` are further spellings. */
export function oneOf<const T extends string>(names: readonly T[], also: Readonly<Record<string, T>> = {}): Rule<T> {
  return rule(sentence(names, 'or'), (given) => {
    const word = given.toLowerCase();
    return names.find((name) => name === word) ?? (Object.hasOwn(also, word) ? also[word] : undefined);
  });
}

/**
 * Words of a set, separated by commas, each taken once; a word that is not of the set is left out. `none` is the
 * empty list and excludes the others; `also` are further words and what they stand for.
 */
export function listOf<const T extends string>(
  names: readonly T[],
  also: Readonly<Record<string, readonly T[]>> = {},
): Rule<readonly T[]> {
  const expected = `${sentence(names, 'and')}, separated by commas, or none`;
  return {
    expected,
    parse(given) {
      const words = split(given.toLowerCase());
      if (words.includes('none')) {
        return words.every((word) => word === 'none')
          ? { value: [] }
          : { value: [], complaint: '"none" excludes all others; using none' };
      }
      return fitting(words, expected, (word) =>
        Object.hasOwn(also, word) ? (also[word] ?? []) : names.filter((name) => name === word),
      );
    },
  };
}

/** What words stand for, each once; those that stand for nothing are left out. Undefined: there are no others. */
export function fitting<T>(
  words: readonly string[],
  expected: string,
  read: (word: string) => readonly T[],
): Parsed<readonly T[]> | undefined {
  const found = words.map((word) => ({ word, values: read(word) }));
  const value = [...new Set(found.flatMap(({ values }) => values))];
  if (value.length === 0) return undefined;
  const unknown = found.filter(({ values }) => values.length === 0).map(({ word }) => word);
  return unknown.length === 0 ? { value } : { value, complaint: `expected ${expected}; ${leavingOut(unknown)}` };
}

export const list: Rule<readonly string[]> = rule('names separated by commas', (given) => {
  const words = [...new Set(split(given))];
  return words.length > 0 ? words : undefined;
});

/** Names separated by commas, of which those that do not fit are left out. */
export const listMatching = (pattern: RegExp, expected: string): Rule<readonly string[]> => ({
  expected,
  parse: (given) => fitting([...new Set(split(given))], expected, (word) => (pattern.test(word) ? [word] : [])),
});

export const httpUrl: Rule<string> = rule('an http:// or https:// URL', (given) => {
  if (!/^https?:\/\//i.test(given)) return undefined;
  return URL.canParse(given) ? given : undefined;
});

export const host: Rule<string> = rule('a host name or address, without scheme and port', (given) =>
  /^[\w.-]+$/.test(given) || /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.%\w]*$/i.test(given) ? given : undefined,
);

export const token: Rule<string> = rule('printable ASCII characters without spaces', (given) =>
  /^[\x21-\x7e]+$/.test(given) ? given : undefined,
);

function sentence(words: readonly string[], last: 'and' | 'or'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

export const split = (given: string): string[] =>
  given
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Enough to find the mistake; a value of a megabyte does not become a line of one. */
export function leavingOut(entries: readonly string[]): string {
  const few = entries
    .slice(0, 3)
    .map(maskUrl)
    .map((entry) => JSON.stringify(entry.length > 40 ? `${entry.slice(0, 40)}…` : entry));
  return `ignoring ${few.join(', ')}${entries.length > few.length ? ` and ${entries.length - few.length} more` : ''}`;
}
