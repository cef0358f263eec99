/** The labels of a series as text, `a="1",b="2"`: both its identity and what is written. */
import type { Attributes } from '@opentelemetry/api';
import { escapedText, isLegacy, quoted } from './escaping.ts';
import type { Naming } from './names.ts';

/** Characters; a longer value is cut. */
const MAX_VALUE = 1024;

/** Attributes of a series; of more, the first by key are served. */
const MAX_ATTRIBUTES = 64;

/** The key of an attribute, and what stands for its value. */
export type Pair = readonly [key: string, value: string];

export type Labels = (attributes: Attributes) => string;

/**
 * Labels in order of their names, with `constant` among them. Keys that become the same label are merged as the
 * specification says: values joined by `;` in the order of the original keys. An empty value is left out: Prometheus takes
 * it for no label. A series has the same attributes at every scrape, so the text of each is kept as long as they are.
 */
export function createLabels(naming: Naming, constant: readonly Pair[] = []): Labels {
  const kept = new WeakMap<Attributes, string>();
  return (attributes) => {
    let text = kept.get(attributes);
    if (text === undefined) {
      text = labels(naming, attributes, constant);
      // JavaScript lets anything in for attributes too.
      if (typeof attributes === 'object' && attributes !== null) kept.set(attributes, text);
    }
    return text;
  };
}

function labels(naming: Naming, attributes: Attributes, constant: readonly Pair[]): string {
  const pairs: Pair[] = constant.filter(([, value]) => value !== '').map(([key, value]) => [naming.label(key), value]);
  for (const key of keysOf(attributes)) {
    const value = attributeText(attributes, key);
    if (value !== '') pairs.push([naming.label(key), value]);
  }
  pairs.sort(byName);
  let text = '';
  for (let index = 0; index < pairs.length; index++) {
    const [name, value] = pairs[index]!;
    const again = index > 0 && pairs[index - 1]![0] === name;
    text = again
      ? `${text.slice(0, -1)};${escaped(value)}"`
      : `${text}${text === '' ? '' : ','}${isLegacy(name) ? name : quoted(name)}="${escaped(value)}"`;
  }
  return text;
}

/**
 * A text, a list or a buffer would give a label for each element. Told by its tag: an object of another realm, as in test
 * runners, is a plain one as well.
 */
function keysOf(attributes: unknown): readonly string[] {
  if (Object.prototype.toString.call(attributes) !== '[object Object]') return [];
  return Object.keys(attributes as object)
    .toSorted()
    .slice(0, MAX_ATTRIBUTES);
}

const byName = ([a]: Pair, [b]: Pair): number => (a < b ? -1 : a > b ? 1 : 0);

/** Types say string, number, boolean or arrays of them; JavaScript lets anything in, a getter that throws included. */
export function attributeText(attributes: Attributes, key: string): string {
  try {
    return valueText(attributes[key]);
  } catch {
    return '[unreadable]';
  }
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value === undefined || value === null) return '';
  if (typeof value === 'object') return JSON.stringify(value) ?? '[object]';
  return `[${typeof value}]`;
}

const escaped = (value: string): string => escapedText(value.length > MAX_VALUE ? value.slice(0, MAX_VALUE) : value);
