/** Ours writes what the one of `otlp-transformer` does. */
import { expect, test } from 'vitest';
import { ProtobufWriter, TooLong } from '../../../src/delivery/otlp/protobuf-writer.ts';

interface TheirWriter extends Omit<ProtobufWriter, 'begin' | 'end'> {
  startLengthDelimited(): number;
  finishLengthDelimited(at: number, length: number): void;
}

const theirs = new URL('common/protobuf/protobuf-writer.mjs', import.meta.resolve('@opentelemetry/otlp-transformer'));
const { ProtobufWriter: Theirs } = (await import(theirs.href)) as { ProtobufWriter: new (size: number) => TheirWriter };

type Both = Pick<ProtobufWriter, Extract<keyof TheirWriter, `write${string}`>>;

/** The bytes of both are the same, after the same calls; a small buffer grows on the way. */
function expectSame(write: (writer: Both) => void): void {
  const [our, their] = [new ProtobufWriter(16), new Theirs(16)];
  write(our);
  write(their);
  expect(hex(our)).toBe(hex(their));
}

const hex = (writer: Pick<ProtobufWriter, 'finish'>): string => Buffer.from(writer.finish()).toString('hex');

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
  2 ** 62,
];

test.each([...WHOLE, ...WHOLE.map((value) => -value)])('the whole number %d', (value) => {
  expectSame((writer) => {
    writer.writeVarint(value);
    writer.writeFixed64(value >>> 0, 7);
    writer.writeFixed32(value);
  });
});

test.each([0, 0.1, -1.5, Infinity, NaN, Number.MIN_VALUE])('the number %d', (value) => {
  expectSame((writer) => writer.writeDouble(value));
});

test.each([
  ['', 'empty'],
  ['GET', 'short'],
  ['größe', 'short, not ASCII'],
  ['größe '.repeat(100), 'long, not ASCII'],
  ['x'.repeat(100_000), 'very long'],
  ['größe '.repeat(10_000), 'very long, not ASCII'],
  ['😀', 'a pair of surrogates'],
  ['a\uD800b', 'half a pair'],
  [`${'a'.repeat(20)}\uDC00`, 'half a pair at the end'],
  ['\u0000\u007f\u0080', 'at the border'],
])('the text %j: %s', (text) => {
  expectSame((writer) => {
    writer.writeTag(1, 2);
    writer.writeString(text);
    writer.writeTag(100, 2);
    writer.writeBytes(Buffer.from(text));
  });
});

test.each(['x', 'é', '€', '\uD800'])('%j any number of times', (character) => {
  expectSame((writer) => {
    for (let length = 0; length < 1100; length++) writer.writeString(character.repeat(length));
  });
});

const LENGTHS = [0, 127, 128, 16_383, 16_384, 70_000, 2_097_152];

test.each(LENGTHS)('a message of %d bytes', (length) => {
  const content = Buffer.alloc(length, 'content');
  const expected = new Theirs(16);
  expected.writeBytes(content);
  expected.writeVarint(1);
  for (const room of [1, 2, 3]) {
    const writer = new ProtobufWriter(16);
    const at = writer.begin(room);
    writer.writeRaw(content);
    writer.end(at, room);
    writer.writeVarint(1);
    expect(Buffer.compare(writer.finish(), expected.finish())).toBe(0);
  }
});

test('ids by their digits, of either case', () => {
  const writer = new ProtobufWriter();
  writer.writeHex('0123456789abcdefABCDEF00ff');
  writer.writeHex('');
  expect(hex(writer)).toBe('0d0123456789abcdefabcdef00ff00');
});

test('digits that are none take as many bytes', () => {
  const writer = new ProtobufWriter();
  writer.writeHex('xyz€\uFFFF"\0 ');
  expect(writer.finish()).toHaveLength(1 + 4);
});

test('what was written last can be taken back', () => {
  const writer = new ProtobufWriter(16);
  writer.writeString('first');
  const { pos } = writer;
  writer.writeString('second '.repeat(100));
  writer.pos = pos;
  writer.writeString('third');
  expect(hex(writer)).toBe(Buffer.from('\x05first\x05third').toString('hex'));
});

test('a limit stops what needs much more', () => {
  const writer = new ProtobufWriter();
  writer.writeRaw(new Uint8Array(10_000));
  writer.limitTo(100);
  expect(() => writer.writeRaw(new Uint8Array(100_000))).toThrow(TooLong);
  writer.pos = 10_000;
  writer.writeRaw(new Uint8Array(100));
  expect(writer.finish()).toHaveLength(10_100);
});

test.each([100, 100_000])('when it is cleared, it keeps a buffer of %d bytes if it may', (kept) => {
  const writer = new ProtobufWriter();
  writer.writeRaw(new Uint8Array(50_000));
  const before = writer.finish().buffer;
  writer.clear(kept);
  writer.writeString('next');
  expect(Buffer.from(writer.finish()).toString()).toBe('\x04next');
  expect(writer.finish().buffer === before).toBe(kept === 100_000);
});
