/**
 * What would be lost with a server: all that the group has counted. Encoded it is many pieces, each with its length before
 * it, for all at once takes longer than an event loop should wait; the first says whose it is.
 */
import type { Socket } from 'node:net';
import type { MetricData, ScopeMetrics } from '@opentelemetry/sdk-metrics';
import * as diag from '../diag.ts';
import { decode, encode, headerOf, MAX_CONTENT, megabytes } from './frames.ts';
import { STEP } from './series.ts';

/** Whose legacy it is. */
export interface Lineage {
  /** The servers whose values it contains, by name; the one that has left it comes first. */
  readonly line: readonly string[];
  /** Ascends with each legacy of that server. */
  readonly at: number;
}

export interface Legacy extends Lineage {
  /** A metric may come several times, each with other series. Throws where it cannot be read. */
  readonly sums: Iterable<ScopeMetrics>;
}

const LENGTH = 4;

/** In steps. */
export function* encodeLegacy(lineage: Lineage, sums: readonly ScopeMetrics[]): Generator<void, Uint8Array> {
  const pieces: Uint8Array[] = [];
  const put = (value: unknown): void => {
    const bytes = encode(value);
    const length = Buffer.alloc(LENGTH);
    length.writeUInt32BE(bytes.length);
    pieces.push(length, bytes);
  };
  put(lineage);
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
  const { line, at } = (piecesOf(all).next().value ?? {}) as Readonly<Record<keyof Lineage, unknown>>;
  if (!Array.isArray(line) || !line.every((name) => typeof name === 'string') || typeof at !== 'number')
    throw new Error('not a legacy');
  const rest = all.subarray(LENGTH + all.readUInt32BE());
  return { line, at, sums: { [Symbol.iterator]: () => piecesOf(rest) as Generator<ScopeMetrics, void> } };
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
export async function leaveTo(legacy: Uint8Array, members: readonly LeftTo[]): Promise<unknown> {
  if (legacy.length > MAX_CONTENT) {
    const size = megabytes(legacy.length);
    return diag.limited(
      'group legacy',
      `/metrics of all processes has too many series to be left to another one (${size}): counters fall when this one ends`,
    );
  }
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
