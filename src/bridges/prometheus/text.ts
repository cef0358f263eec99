/**
 * Families in Prometheus' text format: 0.0.4, and 1.0.0 where names are in quotes.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
import type { Family } from './families.ts';
import { isLegacy, quoted } from './escaping.ts';
import { noExemplar, samples } from './samples.ts';

/** Yields a piece at a time. */
export function* text(families: readonly Family[], isLate: () => boolean): Generator<string> {
  for (const family of families) {
    if (isLate()) break;
    // The format has no type for metadata.
    const type = family.type === 'info' ? 'gauge' : family.type;
    const name = isLegacy(family.name) ? family.name : quoted(family.name);
    yield `# HELP ${name} ${helpText(family.help)}\n# TYPE ${name} ${type}\n`;
    yield* samples(family, noExemplar);
  }
}

/** Characters; a longer help is cut. */
export const MAX_HELP = 1024;

const helpText = (help: string): string =>
  help
    .slice(0, MAX_HELP)
    .toWellFormed()
    .replace(/[\\\n\0]/g, (character) => (character === '\n' ? '\\n' : character === '\0' ? '' : '\\\\'));
