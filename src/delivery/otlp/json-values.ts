/** What the messages of OTLP are made of, as JSON. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
import type { HrTime } from '@opentelemetry/api';
import { asText, DEEP, DEPTH, isInt64 } from './values.ts';

/** A message, for `JSON.stringify`. Nothing of the application's is in it, only text and numbers. */
export type Message = Readonly<Record<string, unknown>>;

/** `repeated KeyValue`; of any object, as the bodies of log records are. */
export function attributesOf(attributes: object | undefined, depth = 0): readonly Message[] {
  const result: Message[] = [];
  for (const key in attributes) {
    // The engine knows this call in such a loop, and leaves it out; `Object.hasOwn` it does not.
    if (!Object.prototype.hasOwnProperty.call(attributes, key)) continue;
    const value = (attributes as Readonly<Record<string, unknown>>)[key];
    result.push({ key: key.toWellFormed(), value: valueOf(value, depth) });
  }
  return result;
}

/** An `AnyValue`: an empty one where there is no kind for it, as for `null`. */
export function valueOf(value: unknown, depth = 0): Message {
  if (typeof value === 'string') return { stringValue: value.toWellFormed() };
  if (typeof value === 'number') return numberOf(value);
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'object' && value !== null) {
    return depth < DEPTH ? objectOf(value, depth + 1) : { stringValue: DEEP };
  }
  return {};
}

/** JSON has no NaN and no infinity. For the `null` that would come of them a receiver refuses all of the request. */
function numberOf(value: number): Message {
  if (isInt64(value)) return { intValue: value };
  return { doubleValue: Number.isFinite(value) ? value : String(value) };
}

function objectOf(value: object, depth: number): Message {
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  return Array.isArray(value)
    ? { arrayValue: { values: valuesOf(value, depth) } }
    : { kvlistValue: { values: attributesOf(value, depth) } };
}

/** By index: an array may have holes, and iterate by code of the application's. */
function valuesOf(values: readonly unknown[], depth: number): readonly Message[] {
  const result: Message[] = [];
  for (let i = 0; i < values.length; i++) result.push(valueOf(values[i], depth));
  return result;
}

/** Nanoseconds since 1970: a `fixed64`, which is text in JSON. */
export function timeOf([seconds, nanoseconds]: HrTime): string {
  const isWhole = Number.isInteger(seconds) && Number.isInteger(nanoseconds);
  if (isWhole && seconds > 0 && nanoseconds >= 0 && nanoseconds < 1e9) {
    return `${seconds}${String(nanoseconds).padStart(9, '0')}`;
  }
  const all = BigInt(Math.trunc(seconds)) * 1_000_000_000n + BigInt(Math.trunc(nanoseconds));
  return BigInt.asUintN(64, all).toString();
}

/** A `string`. Half a surrogate pair becomes U+FFFD: some receivers refuse all of a request for its escape. */
export const textOf = (text: unknown): string => asText(text).toWellFormed();

/** Undefined, which leaves the field out, where there is no text. */
export const optionalTextOf = (text: unknown): string | undefined =>
  text === undefined || text === null ? undefined : textOf(text);

/** A `uint32` or an enum. */
export const countOf = (count: number | undefined): number => (count ?? 0) >>> 0;

const HEXADECIMAL = /^[\da-f]*$/i;

/** A trace or span id of so many bytes. For one that is none a receiver refuses all of the request: it is left empty. */
export const idOf = (id: string, bytes: number): string => (id.length === 2 * bytes && HEXADECIMAL.test(id) ? id : '');
