import type { Attributes } from '@opentelemetry/api';
import { isAnyValue } from '@opentelemetry/core';
import * as diag from '../../diag.ts';
import { SERIES } from '../../series.ts';
import { cut } from './cut.ts';

/** Levels of a value: receivers refuse a whole request for one that is nested much deeper. */
const DEPTH = 16;
/** Characters of a value and of a key: what is kept for each series, several times. */
const LONGEST = 1024;
const MAX_ATTRIBUTES = 128;

/**
 * Attributes that a measurement can be kept under. The SDK looks into those of spans and log records, but not into these:
 * a BigInt or a cycle throws where the series is looked up, and what does not, throws at every export that follows. So
 * the measurement stays, and what is no attribute value counts as its text, as on /metrics. Never throws.
 */
export function measurable(given: unknown): Attributes | undefined {
  // Of bytes each would be an attribute.
  if (typeof given !== 'object' || given === null || ArrayBuffer.isView(given)) return undefined;
  try {
    const attributes = given as Attributes & { readonly [SERIES]?: string };
    // Ours, which were looked into when they were made.
    if (attributes[SERIES] !== undefined) return attributes;
    let room = MAX_ATTRIBUTES;
    for (const key in attributes) {
      const value = attributes[key];
      const isShort =
        typeof value === 'string'
          ? value.length <= LONGEST
          : typeof value === 'number' || typeof value === 'boolean' || value === undefined;
      if (!isShort || key.length > LONGEST || room-- === 0) return readable(attributes);
    }
    return attributes;
  } catch {
    return readable(given);
  }
}

function readable(given: unknown): Attributes {
  const entries: [string, Attributes[string]][] = [];
  try {
    const keys = Object.keys(given as object);
    if (keys.length > MAX_ATTRIBUTES) {
      say(`has ${keys.length} attributes: it counts under the first ${MAX_ATTRIBUTES} of them`);
    }
    for (const key of keys.slice(0, MAX_ATTRIBUTES)) {
      entries.push([cut(key, LONGEST), valueOf(given as Attributes, key)]);
    }
  } catch {
    // A proxy that does not say what it has: what was read until then is all there is.
  }
  return Object.fromEntries(entries);
}

function valueOf(attributes: Attributes, key: string): Attributes[string] {
  try {
    const value: unknown = attributes[key];
    if (typeof value === 'number' || typeof value === 'boolean' || value === undefined) return value;
    if (typeof value === 'string') return short(value, key);
    if (typeof value === 'bigint') return short(String(value), key);
    if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
    if (value instanceof Uint8Array) return value.length <= LONGEST ? value : '[bytes]';
    const text = JSON.stringify(value, withoutBytes) ?? '[object]';
    return text.length <= LONGEST && isAnyValue(value) && !isDeep(value) ? value : short(text, key);
  } catch {
    return '[unreadable]';
  }
}

/** Each byte would be a line of its own. */
const withoutBytes = (_key: string, value: unknown): unknown => (ArrayBuffer.isView(value) ? '[bytes]' : value);

function short(value: string, key: string): string {
  if (value.length <= LONGEST) return value;
  say(
    `has the attribute "${cut(key, 100)}" of ${value.length} characters: it counts under the first ${LONGEST} of them`,
  );
  return cut(value, LONGEST);
}

const say = (what: string): void => diag.limited('large attributes', `a measurement ${what}`);

/** Whether a value, which has no cycles, has more levels than are sent, or bytes somewhere in it. */
const isDeep = (value: unknown, levels = DEPTH): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || ArrayBuffer.isView(value) || Object.values(value).some((inner) => isDeep(inner, levels - 1)));
