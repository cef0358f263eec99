import { unescape } from 'node:querystring';
import {
  baggageEntryMetadataFromString,
  propagation,
  type BaggageEntry,
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';

const BAGGAGE = 'baggage';
const MAX_MEMBERS = 180;
const MAX_LENGTH = 8192;

const KEY = /^[\w!#$%&'*+.^`|~-]+$/;
const NOT_IN_KEYS = /[^\w!#$%&'*+.^`|~-]+/g;
/** The percent sign is none of them: it begins what is encoded. */
const NOT_IN_VALUES = /[^!#$&-+\--:<-[\]-~]+/g;
/** A comma would begin another member. */
const METADATA = /^[\t -+\--~]+$/;

/** https://www.w3.org/TR/baggage/ */
export const baggage: TextMapPropagator = {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const entries = isTracingSuppressed(context) ? undefined : propagation.getBaggage(context)?.getAllEntries();
    if (entries === undefined || entries.length === 0) return;
    const header = write(entries);
    if (header !== '') setter.set(carrier, BAGGAGE, header);
  },

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const given = getter.get(carrier, BAGGAGE);
    if (given === undefined) return context;
    const entries = read(String(given));
    return entries === undefined ? context : propagation.setBaggage(context, propagation.createBaggage(entries));
  },

  fields: () => [BAGGAGE],
};

function write(entries: readonly [key: string, entry: BaggageEntry][]): string {
  let header = '';
  let count = 0;
  for (const [key, entry] of entries) {
    const member = key === '' ? '' : memberOf(key, entry);
    if (member === '') continue;
    const longer = count === 0 ? member : `${header},${member}`;
    if (longer.length > MAX_LENGTH) continue;
    header = longer;
    count += 1;
    if (count === MAX_MEMBERS) break;
  }
  return header;
}

/** Empty where the entry is none: JavaScript lets one put anything into baggage. */
function memberOf(key: string, entry: BaggageEntry): string {
  try {
    const { value, metadata } = entry;
    const properties = metadata?.toString() ?? '';
    return (
      `${encode(key, NOT_IN_KEYS)}=${encode(value, NOT_IN_VALUES)}` +
      (METADATA.test(properties) ? `;${properties}` : '')
    );
  } catch {
    return '';
  }
}

/** Undefined: there are none. */
function read(given: string): Record<string, BaggageEntry> | undefined {
  // Of too much whole members are kept.
  const header = given.length > MAX_LENGTH ? given.slice(0, Math.max(0, given.lastIndexOf(',', MAX_LENGTH))) : given;
  // Any key is one of them, also those that every object has.
  const entries = Object.create(null) as Record<string, BaggageEntry>;
  let count = 0;
  for (const member of header.split(',')) {
    const equals = member.indexOf('=');
    const semicolon = member.indexOf(';');
    const end = semicolon === -1 ? member.length : semicolon;
    const key = member.slice(0, Math.max(0, equals)).trim();
    if (equals > end || !KEY.test(key)) continue;
    const value = unescape(member.slice(equals + 1, end).trim());
    const properties = member.slice(end + 1).trim();
    if (!(key in entries)) count += 1;
    entries[key] = properties === '' ? { value } : { value, metadata: baggageEntryMetadataFromString(properties) };
    if (count === MAX_MEMBERS) break;
  }
  return count === 0 ? undefined : entries;
}

/** Of what is no text the text. */
const encode = (text: unknown, unsafe: RegExp): string =>
  String(text).replace(unsafe, (part) => Buffer.from(part).toString('hex').toUpperCase().replaceAll(/../g, '%$&'));
