/** The lines of a family's series, which all formats have in common. */
import type { Buckets } from '../../buckets.ts';
import type { Exemplars } from '../../exemplars.ts';
import { isLegacy, quoted } from './escaping.ts';
import type { Family } from './families.ts';

/** What comes after the value of a line: of all exemplars of the series, the one for values above `above`, up to `upTo`. */
export type ExemplarText = (exemplars: Exemplars | undefined, above: number, upTo: number) => string;

export const noExemplar = (): string => '';

/** Series of a piece, so that there is time for others between two. */
const PIECE = 100;

export function* samples({ name, series, exemplars, type }: Family, exemplarText: ExemplarText): Generator<string> {
  const start = isLegacy(name) ? legacyStart : quotedStart;
  const isCounter = type === 'counter';
  let piece = '';
  let count = 0;
  for (const [labels, value] of series) {
    if (typeof value === 'number') {
      const exemplar = isCounter ? exemplarText(exemplars.get(labels), -Infinity, Infinity) : '';
      piece += `${start(name, '', labels)} ${numberText(value)}${exemplar}\n`;
    } else piece += bucketLines(name, start, labels, value, exemplars.get(labels), exemplarText);
    if (++count % PIECE !== 0) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

function bucketLines(
  name: string,
  start: typeof legacyStart,
  labels: string,
  { bounds, counts, count, sum }: Buckets,
  exemplars: Exemplars | undefined,
  exemplarText: ExemplarText,
): string {
  const comma = labels === '' ? '' : ',';
  // Where there are no labels yet the brace is closed behind the bound.
  const bucket = start(name, '_bucket', `${labels}${comma}le="`).slice(0, -1);
  let lines = '';
  let above = -Infinity;
  for (let index = 0; index < bounds.length; index++) {
    const bound = bounds[index]!;
    lines += `${bucket}${bound}"} ${counts[index]}${(exemplars && exemplarText(exemplars, above, bound)) || ''}\n`;
    above = bound;
  }
  lines += `${bucket}+Inf"} ${count}${exemplars === undefined ? '' : exemplarText(exemplars, above, Infinity)}\n`;
  if (sum !== undefined) lines += `${start(name, '_sum', labels)} ${numberText(sum)}\n`;
  return `${lines}${start(name, '_count', labels)} ${count}\n`;
}

const legacyStart = (name: string, suffix: string, labels: string): string =>
  labels === '' ? name + suffix : `${name}${suffix}{${labels}}`;

/** A name in quotes stands among the labels. */
const quotedStart = (name: string, suffix: string, labels: string): string =>
  `{${quoted(name + suffix)}${labels === '' ? '' : ','}${labels}}`;

export function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
