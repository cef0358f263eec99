import type { KeyPatterns } from './pipeline.ts';

/** Whether a key is wanted: included, and not excluded. */
export function keyMatcher({ included, excluded = [] }: KeyPatterns): (key: string) => boolean {
  const isIncluded = included === undefined ? () => true : matcher(included);
  const isExcluded = matcher(excluded);
  return (key) => isIncluded(key) && !isExcluded(key);
}

function matcher(patterns: readonly string[]): (key: string) => boolean {
  const exact = new Set(patterns);
  const wild = patterns.filter((pattern) => /[*?]/.test(pattern)).map(expression);
  return (key) => exact.has(key) || wild.some((pattern) => pattern.test(key));
}

const expression = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  );
