/** `pattern` is a path; a `*` stands for any characters. */
const matcher = (pattern: string): RegExp => new RegExp(`^${pattern.split(/\*+/).map(escaped).join('.*')}$`, 's');

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** Whether the path of a target is one of those that are not to be seen. Undefined: all are. */
export function ignoredPaths(patterns: readonly string[]): ((target: string) => boolean) | undefined {
  if (patterns.length === 0) return undefined;
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const wild = patterns.filter((pattern) => pattern.includes('*')).map(matcher);
  return (target) => {
    const path = target.split('?', 1)[0] ?? '';
    return exact.has(path) || wild.some((expression) => expression.test(path));
  };
}
