/** What is wrong with the settings. One line for each variable or key: the first thing said of it stands. */
export interface Problems {
  add(name: string, line: string): void;
  readonly lines: readonly string[];
}

export function createProblems(): Problems {
  const named = new Set<string>();
  const lines: string[] = [];
  return {
    add(name, line) {
      if (named.has(name)) return;
      named.add(name);
      lines.push(line);
    },
    lines,
  };
}
