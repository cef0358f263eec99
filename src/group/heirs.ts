import type { Socket } from 'node:net';
import { frame } from './frames.ts';

/** A member that inherits. */
export interface Heir {
  readonly socket: Socket;
  /** Its values of this id are contained. */
  readonly of: number;
}

/** Resolves when the kernel has it: from then on it arrives, whatever becomes of this process. */
export function leaveTo(legacy: Uint8Array, to: readonly Heir[]): Promise<unknown> {
  // One that does not read would pile it up.
  const reading = to.filter(({ socket }) => !socket.writableNeedDrain && socket.writable);
  return Promise.all(
    reading.map(({ socket, of }) => {
      const number = Buffer.alloc(4);
      number.writeUInt32BE(of);
      return new Promise((resolve) => socket.write(frame('legacy', number, legacy), resolve));
    }),
  );
}
