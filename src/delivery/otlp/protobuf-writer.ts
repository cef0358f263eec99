/** Writes protobuf into a buffer that grows. What was written last is taken back by setting `pos`. */

const INITIAL_SIZE = 4096;
/** Characters below which a loop is faster than a call of Node's. */
const SHORT = 12;
/** Characters up to which room is made for the most bytes that they may take. */
const MEDIUM = 1024;
/** Bytes that may be asked for without need. */
const SPARE = 3 * MEDIUM;

/** What is written needs more than the writer may hold. */
export class TooLong extends Error {}

export class ProtobufWriter {
  pos = 0;
  private buffer: Buffer;
  private limit = Infinity;

  constructor(size = INITIAL_SIZE) {
    this.buffer = Buffer.allocUnsafeSlow(Math.max(size, 16));
  }

  /** A view of what was written, until more is. */
  finish(): Uint8Array {
    return this.buffer.subarray(0, this.pos);
  }

  /** For new contents. The buffer stays, if it has no more than `kept` bytes. */
  clear(kept: number): void {
    this.pos = 0;
    if (this.buffer.length > kept) this.buffer = Buffer.allocUnsafeSlow(INITIAL_SIZE);
  }

  /** What does not fit into so many bytes more throws `TooLong`, at the latest when much more memory would be needed. */
  limitTo(bytes: number): void {
    this.limit = this.pos + bytes + SPARE;
  }

  writeTag(field: number, wireType: number): void {
    const tag = (field << 3) | wireType;
    if (tag > 127) return this.writeVarint(tag);
    this.reserve(1);
    this.buffer[this.pos++] = tag;
  }

  /** A whole number, negative ones in ten bytes. */
  writeVarint(value: number): void {
    if (value >= 0 && value < 128) {
      this.reserve(1);
      this.buffer[this.pos++] = value;
      return;
    }
    this.reserve(10);
    const { buffer } = this;
    let { pos } = this;
    // Of whole numbers JavaScript shifts 32 bits.
    let low = value >>> 0;
    let high = value >= 0 && value <= 0xffff_ffff ? 0 : Math.floor(value / 0x1_0000_0000) >>> 0;
    while (high > 0 || low > 127) {
      buffer[pos++] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    buffer[pos++] = low;
    this.pos = pos;
  }

  writeFixed32(value: number): void {
    this.reserve(4);
    const { buffer, pos } = this;
    buffer[pos] = value;
    buffer[pos + 1] = value >>> 8;
    buffer[pos + 2] = value >>> 16;
    buffer[pos + 3] = value >>> 24;
    this.pos = pos + 4;
  }

  writeFixed64(low: number, high: number): void {
    this.writeFixed32(low);
    this.writeFixed32(high);
  }

  writeDouble(value: number): void {
    this.reserve(8);
    this.pos = this.buffer.writeDoubleLE(value, this.pos);
  }

  writeBytes(bytes: Uint8Array): void {
    this.writeVarint(bytes.length);
    this.writeRaw(bytes);
  }

  /** Without a length before them. */
  writeRaw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.pos);
    this.pos += bytes.length;
  }

  /** As UTF-8; half a surrogate pair as U+FFFD. */
  writeString(text: string): void {
    const { length } = text;
    if (length < SHORT && this.writeAscii(text, length)) return;
    if (length > MEDIUM) return this.writeLong(text);
    // Most text is ASCII, and takes as many bytes as it has characters.
    const head = lengthSize(length);
    const at = this.begin(head);
    this.reserve(3 * length);
    this.pos += this.buffer.write(text, this.pos);
    this.end(at, head);
  }

  /** Gives up, with nothing written, at the first character that takes more than one byte. */
  private writeAscii(text: string, length: number): boolean {
    this.reserve(length + 1);
    const { buffer } = this;
    let { pos } = this;
    buffer[pos++] = length;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      buffer[pos++] = code;
    }
    this.pos = pos;
    return true;
  }

  private writeLong(text: string): void {
    const size = Buffer.byteLength(text);
    this.writeVarint(size);
    this.reserve(size);
    this.pos += this.buffer.write(text, this.pos, size);
  }

  /** Bytes that are given as an even number of hexadecimal digits. What is none becomes some byte all the same. */
  writeHex(digits: string): void {
    const size = digits.length >> 1;
    this.writeVarint(size);
    this.reserve(size);
    const { buffer } = this;
    let { pos } = this;
    for (let i = 0; i < 2 * size; i += 2) {
      buffer[pos++] = (valueOf(digits.charCodeAt(i)) << 4) | valueOf(digits.charCodeAt(i + 1));
    }
    this.pos = pos;
  }

  /** Leaves room for the length of what follows; most of it is shorter than 128 bytes, which takes one. */
  begin(room = 1): number {
    this.reserve(room);
    const at = this.pos;
    this.pos = at + room;
    return at;
  }

  /** `at` is what `begin` said, `room` what it was given. */
  end(at: number, room = 1): void {
    const length = this.pos - at - room;
    if (length < 128 && room === 1) {
      this.buffer[at] = length;
      return;
    }
    const size = lengthSize(length);
    if (size !== room) {
      if (size > room) this.reserve(size - room);
      this.buffer.copyWithin(at + size, at + room, this.pos);
    }
    this.pos = at;
    this.writeVarint(length);
    this.pos += length;
  }

  private reserve(bytes: number): void {
    const needed = this.pos + bytes;
    if (needed > this.buffer.length) this.grow(needed);
  }

  private grow(needed: number): void {
    if (needed > this.limit) throw new TooLong();
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.buffer.length));
    this.buffer.copy(larger, 0, 0, this.pos);
    this.buffer = larger;
  }
}

/** The value of a digit by its character: `0` to `9`, `a` to `f`, `A` to `F`. */
const valueOf = (code: number): number => (code & 15) + 9 * (code >> 6);

/** Bytes that a length takes. */
const lengthSize = (length: number): number =>
  length < 128 ? 1 : length < 16_384 ? 2 : length < 2_097_152 ? 3 : length < 268_435_456 ? 4 : 5;

/** Bytes that a message of so many takes in another, as a field below 16. */
export const fieldSize = (length: number): number => 1 + lengthSize(length) + length;
