import { encode, type Values } from './frames.ts';

/** Values as they are sent. Throws where they cannot be. */
export function pack(values: Values): Buffer {
  try {
    return encode(values);
  } catch {
    // An attribute that is a function, say, from a copy of the SDK that nobody guards.
    return encode(JSON.parse(JSON.stringify(values, asText), withoutNull) as Values);
  }
}

const asText = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
/** A bucket without an exemplar. */
const withoutNull = (key: string, value: unknown): unknown =>
  key === 'exemplars' && Array.isArray(value) ? value.map((each: unknown) => each ?? undefined) : value;
