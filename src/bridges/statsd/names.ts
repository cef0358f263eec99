/** Names and tags that no StatsD server can misread, whatever an application calls its metrics and attributes. */
import type { Attributes } from '@opentelemetry/api';

/** Characters of a name's stem, of one value, and of all attributes together: a line fits into a datagram. */
const STEM = 200;
const VALUE = 64;
const ALL = 800;

export interface Format {
  /** With its dot at the end, or empty. */
  readonly prefix: string;
  /** Attributes as tags. */
  readonly tags: boolean;
}

/** What stands before the colon of a line, and what stands at its end. */
export type Label = readonly [name: string, tags: string];

export function labelOf(metric: string, attributes: Attributes, { prefix, tags }: Format): Label {
  const stem = `${prefix}${metric.slice(0, STEM).replace(/[^\w.-]/g, '_')}`;
  if (tags) return [stem, tagsOf(attributes)];
  let name = stem;
  for (const [key, value] of sorted(attributes)) {
    const part = `.${key.replace(/\W/g, '_')}.${value.replace(/[^\w-]/g, '_')}`;
    // What is cut off is no longer told apart: the server adds it up.
    if (name.length + part.length > stem.length + ALL) break;
    name += part;
  }
  return [name, ''];
}

function tagsOf(attributes: Attributes): string {
  let tags = '';
  for (const [key, value] of sorted(attributes)) {
    const tag = `${key.replace(/[^\w.-]/g, '_')}:${value.replace(/[^\w./:-]/g, '_')}`;
    if (tags.length + tag.length > ALL) break;
    tags += tags === '' ? `|#${tag}` : `,${tag}`;
  }
  return tags;
}

/** By key, so that a series has one name; what is empty says nothing, and some servers reject the line for it. */
const sorted = (attributes: Attributes): (readonly [key: string, value: string])[] =>
  Object.entries(attributes)
    .map(([key, value]) => [key.slice(0, VALUE), textOf(value).slice(0, VALUE)] as const)
    .filter(([key, value]) => key !== '' && value !== '')
    .toSorted(([a], [b]) => (a < b ? -1 : 1));

function textOf(value: unknown): string {
  try {
    return String(value ?? '');
  } catch {
    return '';
  }
}
