/** What the messages of OTLP are made of, as JSON. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
import type { HrTime } from '@opentelemetry/api';
import { asText, isInt64 } from './values.ts';

/** `repeated KeyValue`; of any object, as the bodies of log records are. */
export function attributesOf(attributes: object | undefined): string {
  let text = '';
  for (const key in attributes) {
    if (!Object.prototype.hasOwnProperty.call(attributes, key)) continue;
    const value = valueOf((attributes as Readonly<Record<string, unknown>>)[key]);
    text += `${text === '' ? '' : ','}{"key":${textOf(key)},"value":${value}}`;
  }
  return `[${text}]`;
}

/** An `AnyValue`: an empty one where there is no kind for it, as for `null`. */
export function valueOf(value: unknown): string {
  if (typeof value === 'string') return `{"stringValue":${textOf(value)}}`;
  if (typeof value === 'number') return numberOf(value);
  if (typeof value === 'boolean') return `{"boolValue":${value}}`;
  if (typeof value === 'object' && value !== null) return objectOf(value);
  return '{}';
}

function numberOf(value: number): string {
  if (isInt64(value)) return `{"intValue":${value}}`;
  // JSON has no such numbers, and for `null` the receiver would refuse all of the request.
  return Number.isFinite(value) ? `{"doubleValue":${value}}` : `{"doubleValue":"${value}"}`;
}

function objectOf(value: object): string {
  if (value instanceof Uint8Array) return `{"bytesValue":"${Buffer.from(value).toString('base64')}"}`;
  if (Array.isArray(value)) return `{"arrayValue":{"values":${valuesOf(value)}}}`;
  return `{"kvlistValue":{"values":${attributesOf(value)}}}`;
}

function valuesOf(values: readonly unknown[]): string {
  let text = '';
  for (let i = 0; i < values.length; i++) text += `${i === 0 ? '' : ','}${valueOf(values[i])}`;
  return `[${text}]`;
}

/** Nanoseconds since 1970: a `fixed64`, which JSON has as text. */
export function timeOf([seconds, nanoseconds]: HrTime): string {
  const isUsual = Number.isInteger(seconds) && seconds > 0 && Number.isInteger(nanoseconds) && nanoseconds >= 0;
  if (isUsual && nanoseconds < 1e9) return `"${seconds}${String(nanoseconds).padStart(9, '0')}"`;
  const all = BigInt(Math.trunc(seconds)) * 1_000_000_000n + BigInt(Math.trunc(nanoseconds));
  return `"${BigInt.asUintN(64, all)}"`;
}

/** A `string`. Half a surrogate pair becomes U+FFFD: some receivers refuse all of a request for its escape. */
export const textOf = (text: unknown): string => JSON.stringify(asText(text).toWellFormed());

/** A `uint32` or an enum. */
export const countOf = (count: number | undefined): string => String((count ?? 0) >>> 0);

const HEXADECIMAL = /^[\da-f]*$/i;

/** A trace or span id of so many bytes. For one that is none a receiver would refuse all of the request: it is left empty. */
export const idOf = (id: string, bytes: number): string =>
  id.length === 2 * bytes && HEXADECIMAL.test(id) ? `"${id}"` : '""';

/** A field that is not the first of its message, where there is something to say. */
export const fieldOf = (name: string, text: unknown): string =>
  text === undefined || text === null ? '' : `,"${name}":${textOf(text)}`;
