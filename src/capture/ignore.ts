/** Whether a path is one of those that are not to be seen. */
export function ignoredPaths(patterns: readonly string[]): (path: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const wild = patterns.filter((pattern) => pattern.includes('*')).map(matcher);
  return (path) => exact.has(path) || wild.some((matches) => matches(path));
}

/** `*` stands for any characters. Not a regular expression: many stars would make that take for ever. */
function matcher(pattern: string): (path: string) => boolean {
  const [start = '', ...parts] = pattern.split('*');
  const end = parts.pop() ?? '';
  return (path) => {
    let at = start.length;
    if (!path.startsWith(start) || !path.endsWith(end)) return false;
    for (const part of parts) {
      const found = path.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return at <= path.length - end.length;
  };
}
