/** Ours writes what the one does whose place it takes. */
import { expect, test } from 'vitest';
import { ProtobufWriter } from '../../../src/delivery/otlp/protobuf-writer.ts';

const theirs = new URL('common/protobuf/protobuf-writer.mjs', import.meta.resolve('@opentelemetry/otlp-transformer'));
const { ProtobufWriter: Theirs } = (await import(theirs.href)) as { ProtobufWriter: typeof ProtobufWriter };

/** The bytes of both, after the same calls; a small buffer grows on the way. */
function written(write: (writer: ProtobufWriter) => void): [ours: string, theirs: string] {
  const writers = [new ProtobufWriter(16), new Theirs(16)] as const;
  for (const writer of writers) write(writer);
  return [hex(writers[0]), hex(writers[1])];
}

const hex = (writer: ProtobufWriter): string => Buffer.from(writer.finish()).toString('hex');

function expectSame(write: (writer: ProtobufWriter) => void): void {
  const [ours, expected] = written(write);
  expect(ours).toBe(expected);
}

const WHOLE = [
  0,
  1,
  127,
  128,
  300,
  16_383,
  16_384,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 40 + 5,
  2 ** 53 - 1,
];

test.each([...WHOLE, ...WHOLE.map((value) => -value)])('the whole number %d', (value) => {
  expectSame((writer) => {
    writer.writeVarint(value);
    writer.writeSfixed64(value);
    writer.writeFixed64(value >>> 0, 7);
    writer.writeFixed32(value);
    if (Math.abs(value) < 2 ** 31) writer.writeSint32(value);
  });
});

test.each([0, 0.1, -1.5, Infinity, NaN, Number.MIN_VALUE])('the number %d', (value) => {
  expectSame((writer) => writer.writeDouble(value));
});

test.each([
  ['', 'empty'],
  ['GET', 'short'],
  ['x'.repeat(47), 'the longest short one'],
  ['x'.repeat(48), 'the shortest long one'],
  ['x'.repeat(5000), 'long'],
  ['größe', 'short, not ASCII'],
  ['größe '.repeat(100), 'long, not ASCII'],
  ['😀', 'a pair of surrogates'],
  ['a\uD800b', 'half a pair'],
  ['\u0000\u007f\u0080', 'at the border'],
])('the text %j: %s', (text) => {
  expectSame((writer) => {
    writer.writeTag(1, 2);
    writer.writeString(text);
    writer.writeTag(100, 2);
    writer.writeBytes(Buffer.from(text));
  });
});

test.each([0, 127, 128, 16_383, 16_384, 70_000, 2_097_152])('what is %d bytes long', (length) => {
  expectSame((writer) => {
    const at = writer.startLengthDelimited();
    const start = writer.pos;
    for (let left = length; left > 0; left -= 8) writer.writeFixed64(left, 1);
    writer.finishLengthDelimited(at, writer.pos - start);
    writer.writeVarint(1);
  });
});
