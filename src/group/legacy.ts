/**
 * What would be lost with a server: all that the group has counted. Encoded it is many pieces, each with its length before
 * it, for all at once takes longer than an event loop should wait; the first names the servers whose legacy it was.
 */
import type { Socket } from 'node:net';
import type { MetricData, ScopeMetrics } from '@opentelemetry/sdk-metrics';
import { decode, encode, headerOf } from './frames.ts';
import { STEP } from './series.ts';

export interface Legacy {
  readonly line: readonly string[];
  /** A metric may come several times, each with other series. Throws where it cannot be read. */
  readonly sums: Iterable<ScopeMetrics>;
}

const LENGTH = 4;

/** In steps. */
export function* encodeLegacy(line: readonly string[], sums: readonly ScopeMetrics[]): Generator<void, Uint8Array> {
  const pieces: Uint8Array[] = [];
  const put = (value: unknown): void => {
    const bytes = encode(value);
    const length = Buffer.alloc(LENGTH);
    length.writeUInt32BE(bytes.length);
    pieces.push(length, bytes);
  };
  put(line);
  for (const { scope, metrics } of sums) {
    for (const data of metrics) {
      for (let from = 0; from < data.dataPoints.length; from += STEP) {
        const dataPoints = data.dataPoints.slice(from, from + STEP);
        put({ scope, metrics: [{ ...data, dataPoints } as MetricData] } satisfies ScopeMetrics);
        yield;
      }
    }
  }
  return Buffer.concat(pieces);
}

/** Throws where it is none. */
export function decodeLegacy(bytes: Uint8Array): Legacy {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const line: unknown = piecesOf(all).next().value;
  if (!Array.isArray(line) || !line.every((name) => typeof name === 'string')) throw new Error('not a legacy');
  const rest = all.subarray(LENGTH + all.readUInt32BE());
  return { line, sums: { [Symbol.iterator]: () => piecesOf(rest) as Generator<ScopeMetrics, void> } };
}

function* piecesOf(all: Buffer): Generator<unknown, void> {
  for (let at = 0; at < all.length;) {
    const end = at + LENGTH + all.readUInt32BE(at);
    yield decode(all.subarray(at + LENGTH, end));
    at = end;
  }
}

/** Members to which it is left: their values of this id are contained. */
export interface LeftTo {
  readonly socket: Socket;
  readonly id: number;
}

/** Resolves when the kernel has it: from then on it arrives, whatever becomes of this process. */
export function leaveTo(legacy: Uint8Array, members: readonly LeftTo[]): Promise<unknown> {
  // One that does not read would pile it up.
  const reading = members.filter(({ socket }) => !socket.writableNeedDrain && socket.writable);
  return Promise.all(
    reading.map(({ socket, id }) => {
      const number = Buffer.alloc(4);
      number.writeUInt32BE(id);
      // Two buffers in one call: a copy for each would take time and space.
      socket.cork();
      socket.write(Buffer.concat([headerOf('legacy', number.length + legacy.length), number]));
      const taken = new Promise((resolve) => socket.write(legacy, resolve));
      socket.uncork();
      return taken;
    }),
  );
}
