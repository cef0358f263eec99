import type { Attributes } from '@opentelemetry/api';
import { isAnyValue } from '@opentelemetry/core';

/** Levels of a value: receivers refuse a whole request for one that is nested much deeper. */
const DEPTH = 16;
/** Characters of a text that stands for a value. */
const LONGEST = 1024;

/**
 * Attributes that a measurement can be kept under. The SDK looks into those of spans and log records, but not into these:
 * a BigInt or a cycle throws where the series is looked up, and what does not, throws at every export that follows. So
 * the measurement stays, and what is no attribute value counts as its text, as on /metrics. Never throws.
 */
export function measurable(given: unknown): Attributes | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  try {
    const attributes = given as Attributes;
    for (const key in attributes) {
      const type = typeof attributes[key];
      if (type !== 'string' && type !== 'number' && type !== 'boolean' && type !== 'undefined')
        return readable(attributes);
    }
    return attributes;
  } catch {
    return readable(given);
  }
}

function readable(given: unknown): Attributes {
  const attributes: Attributes = {};
  try {
    for (const key of Object.keys(given as object)) attributes[key] = valueOf(given as Attributes, key);
  } catch {
    // A proxy that does not say what it has: what was read until then is all there is.
  }
  return attributes;
}

function valueOf(attributes: Attributes, key: string): Attributes[string] {
  try {
    const value: unknown = attributes[key];
    if (typeof value === 'bigint') return String(value);
    if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
    if (value === undefined || (isAnyValue(value) && !isDeep(value))) return value;
    return (JSON.stringify(value) ?? '[object]').slice(0, LONGEST);
  } catch {
    return '[unreadable]';
  }
}

/** Whether a value, which has no cycles, has more levels than are sent. */
const isDeep = (value: unknown, levels = DEPTH): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !(value instanceof Uint8Array) &&
  (levels === 0 || Object.values(value).some((inner) => isDeep(inner, levels - 1)));
