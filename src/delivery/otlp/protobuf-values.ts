/** What the messages of OTLP are made of, as protobuf. https://github.com/open-telemetry/opentelemetry-proto */
import type { HrTime } from '@opentelemetry/api';
import type { ProtobufWriter } from './protobuf-writer.ts';
import { asText, DEEP, DEPTH, isInt64 } from './values.ts';

/** `repeated KeyValue`; of any object, as the bodies of log records are. */
export function writeAttributes(
  writer: ProtobufWriter,
  field: number,
  attributes: object | undefined,
  depth = 0,
): void {
  for (const key in attributes) {
    // The engine knows this call in such a loop, and leaves it out; `Object.hasOwn` it does not.
    if (!Object.prototype.hasOwnProperty.call(attributes, key)) continue;
    writer.writeTag(field, 2);
    const at = writer.begin();
    writeKey(writer, key);
    const valueAt = writer.begin();
    writeValue(writer, (attributes as Readonly<Record<string, unknown>>)[key], depth);
    writer.end(valueAt);
    writer.end(at);
  }
}

/** The bytes of keys that came before: there are few, and copied they cost half. */
const keys = new Map<string, Uint8Array>();
const MAX_KEYS = 1000;
const MAX_KEY_LENGTH = 64;

/** The key and the tag of the value. */
function writeKey(writer: ProtobufWriter, key: string): void {
  const known = keys.get(key);
  if (known !== undefined) return writer.writeRaw(known);
  const start = writer.pos;
  writer.writeTag(1, 2);
  writer.writeString(key);
  writer.writeTag(2, 2);
  if (keys.size < MAX_KEYS && key.length <= MAX_KEY_LENGTH) {
    keys.set(key, Uint8Array.from(writer.finish().subarray(start)));
  }
}

/** The one field of an `AnyValue`; none for what there is no kind for, as `null`. */
export function writeValue(writer: ProtobufWriter, value: unknown, depth = 0): void {
  if (typeof value === 'string') {
    writer.writeTag(1, 2);
    writer.writeString(value);
  } else if (typeof value === 'number') {
    writeNumber(writer, value);
  } else if (typeof value === 'boolean') {
    writer.writeTag(2, 0);
    writer.writeVarint(value ? 1 : 0);
  } else if (typeof value === 'object' && value !== null) {
    if (depth < DEPTH) writeObject(writer, value, depth + 1);
    else writeValue(writer, DEEP);
  }
}

function writeNumber(writer: ProtobufWriter, value: number): void {
  if (isInt64(value)) {
    writer.writeTag(3, 0);
    writer.writeVarint(value);
  } else {
    writer.writeTag(4, 1);
    writer.writeDouble(value);
  }
}

function writeObject(writer: ProtobufWriter, value: object, depth: number): void {
  if (value instanceof Uint8Array) {
    writer.writeTag(7, 2);
    writer.writeBytes(value);
    return;
  }
  const isArray = Array.isArray(value);
  writer.writeTag(isArray ? 5 : 6, 2);
  const at = writer.begin();
  if (isArray) writeValues(writer, value, depth);
  else writeAttributes(writer, 1, value, depth);
  writer.end(at);
}

function writeValues(writer: ProtobufWriter, values: readonly unknown[], depth: number): void {
  // By index: an array of the application's may be iterated by code of its own.
  for (let i = 0; i < values.length; i++) {
    writer.writeTag(1, 2);
    const at = writer.begin();
    writeValue(writer, values[i], depth);
    writer.end(at);
  }
}

/** Nanoseconds since 1970, as `fixed64`. */
export function writeTime(writer: ProtobufWriter, field: number, [seconds, nanoseconds]: HrTime): void {
  // Nanoseconds are more than a number holds exactly; those of the lower and of the upper 16 bits of the seconds are not.
  const lower = (seconds & 0xffff) * 1e9 + nanoseconds;
  const upper = ((seconds / 0x1_0000) >>> 0) * 1e9;
  const low = (lower >>> 0) + (upper & 0xffff) * 0x1_0000;
  const high = Math.floor(lower / 0x1_0000_0000) + Math.floor(upper / 0x1_0000) + Math.floor(low / 0x1_0000_0000);
  writer.writeTag(field, 1);
  writer.writeFixed64(low >>> 0, high >>> 0);
}

export function writeText(writer: ProtobufWriter, field: number, text: unknown): void {
  writer.writeTag(field, 2);
  writer.writeString(asText(text));
}

/** A `uint32` or an enum. */
export function writeCount(writer: ProtobufWriter, field: number, count: number): void {
  writer.writeTag(field, 0);
  writer.writeVarint(count);
}

export function writeFlags(writer: ProtobufWriter, field: number, flags: number): void {
  writer.writeTag(field, 5);
  writer.writeFixed32(flags);
}

/** A trace or span id. One that is too long or too short would have the receiver refuse all of the request: it is left empty. */
export function writeId(writer: ProtobufWriter, field: number, id: string, bytes: number): void {
  writer.writeTag(field, 2);
  writer.writeHex(id.length === 2 * bytes ? id : '');
}
