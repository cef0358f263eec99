import type { Attributes } from '@opentelemetry/api';

/**
 * Where the SDK looks before it sorts and joins all attributes of a measurement to find its series, and its guard
 * before it looks into each of them.
 */
export const SERIES = Symbol.for('firstlight.series');

/** Characters; in a longer one an attribute may be too long, and is cut where it is measured, as everybody's is. */
const LONGEST = 1024;
/** An instrument keeps no more series than these either. */
const MAX_KEPT = 2000;

/**
 * Attributes that are made once for all measurements that are alike. `text` tells them apart: no other attributes of the
 * same instruments have it.
 */
export function createSeries<Of>(make: (of: Of) => Attributes): (text: string, of: Of) => Attributes {
  const kept = new Map<string, Attributes>();
  return (text, of) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const attributes = make(of);
    if (text.length > LONGEST) return attributes;
    Object.defineProperty(attributes, SERIES, { value: text });
    if (kept.size < MAX_KEPT) kept.set(text, attributes);
    return attributes;
  };
}
