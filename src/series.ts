import type { Attributes } from '@opentelemetry/api';

/** Where the SDK looks before it sorts and joins all attributes of a measurement to find its series. */
const SERIES = Symbol.for('firstlight.series');

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
    const attributes = Object.defineProperty(make(of), SERIES, { value: text });
    if (kept.size < MAX_KEPT) kept.set(text, attributes);
    return attributes;
  };
}
