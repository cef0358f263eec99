/** Families in Prometheus' text format 0.0.4. https://prometheus.io/docs/instrumenting/exposition_formats/ */
import type { Buckets } from './buckets.ts';
import type { Family, Value } from './families.ts';

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function text(families: readonly Family[]): string {
  const lines: string[] = [];
  for (const family of families) {
    // The format has no type for metadata.
    const type = family.type === 'info' ? 'gauge' : family.type;
    lines.push(`# HELP ${family.name} ${helpText(family.help)}`, `# TYPE ${family.name} ${type}`);
    for (const [labels, value] of family.series) write(lines, family.name, labels, value);
  }
  // The last line must end in a line feed too.
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function write(lines: string[], name: string, labels: string, value: Value): void {
  if (typeof value === 'number') lines.push(`${name}${braced(labels)} ${numberText(value)}`);
  else writeBuckets(lines, name, labels, value);
}

function writeBuckets(lines: string[], name: string, labels: string, { bounds, counts, count, sum }: Buckets): void {
  const start = `${name}_bucket{${labels}${labels === '' ? '' : ','}le="`;
  bounds.forEach((bound, index) => lines.push(`${start}${bound}"} ${counts[index]}`));
  lines.push(`${start}+Inf"} ${count}`);
  if (sum !== undefined) lines.push(`${name}_sum${braced(labels)} ${numberText(sum)}`);
  lines.push(`${name}_count${braced(labels)} ${count}`);
}

const braced = (labels: string): string => (labels === '' ? '' : `{${labels}}`);

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

/** Characters; a longer help is cut. */
const MAX_HELP = 1024;

const helpText = (help: string): string =>
  help
    .slice(0, MAX_HELP)
    .toWellFormed()
    .replace(/[\\\n\0]/g, (character) => (character === '\n' ? '\\n' : character === '\0' ? '' : '\\\\'));
