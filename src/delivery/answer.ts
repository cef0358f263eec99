/**
 * What a receiver of OTLP says: an `Export…ServiceResponse`, whose one field is `partial_success` with a number of
 * rejected items and a message. It has the same form for every signal.
 * https://opentelemetry.io/docs/specs/otlp/#partial-success
 */
import { failed, type Outcome } from './outcome.ts';

const OBJECT = '{'.charCodeAt(0);

/** The outcome of an answer that reports success. */
export function readAnswer(body: Uint8Array, contentType: string): Outcome {
  try {
    if (body.length === 0) return { kind: 'delivered', rejected: 0 };
    // Not told by its type, which some leave out: no protobuf begins like an object of JSON.
    return body[0] === OBJECT ? fromJson(JSON.parse(Buffer.from(body).toString()) as Answer) : fromProtobuf(body);
  } catch {
    return failed('garbled', `the answer is no OTLP (${contentType || 'no content type'})`);
  }
}

interface Answer {
  readonly partialSuccess?: Readonly<Record<string, unknown>>;
}

function fromJson({ partialSuccess }: Answer): Outcome {
  const rejected = Object.entries(partialSuccess ?? {}).find(([key]) => key.startsWith('rejected'))?.[1];
  return delivered(Number(rejected ?? 0), String(partialSuccess?.['errorMessage'] ?? ''));
}

function fromProtobuf(body: Uint8Array): Outcome {
  let rejected = 0;
  let reason = '';
  for (const [field, value] of fields(body)) {
    if (field !== 1 || typeof value === 'number') continue;
    for (const [inner, content] of fields(value)) {
      if (inner === 1 && typeof content === 'number') rejected = content;
      if (inner === 2 && typeof content !== 'number') reason = Buffer.from(content).toString();
    }
  }
  return delivered(rejected, reason);
}

function delivered(rejected: number, reason: string): Outcome {
  const counted = Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0;
  return { kind: 'delivered', rejected: counted, ...(reason !== '' && { reason: reason.slice(0, 200) }) };
}

/** The fields of a protobuf message, numbers and bytes. Throws where there is none. */
export function* fields(bytes: Uint8Array): Generator<readonly [field: number, value: number | Uint8Array]> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; factor < 2 ** 64; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('cut off');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw new Error('no number');
  };
  const take = (size: number): Uint8Array => {
    if (at + size > bytes.length) throw new Error('cut off');
    at += size;
    return bytes.subarray(at - size, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    if (field === 0) throw new Error('no field');
    const type = tag % 8;
    if (type === 0) yield [field, varint()];
    else if (type === 1) yield [field, take(8)];
    else if (type === 2) yield [field, take(varint())];
    else if (type === 5) yield [field, take(4)];
    else throw new Error('no type');
  }
}
