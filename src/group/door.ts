/** Between the admin server and the group, as src/admin/server.ts has it. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** The address of the admin server. */
export interface Door {
  readonly host: string;
  readonly port: number;
  /** Tries to listen again. */
  bid(): void;
  /** As if the application of this process had listened on the port; synchronous. */
  letGo(): void;
  /** Another process has let go of the port for the application, and has said so. */
  giveUp(): void;
}

/** What the admin server tells. */
export interface Sharing {
  /** Somebody else has the port. */
  taken(door: Door): void;
  listening(door: Door): void;
  /** A request of this host to become a member. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer, joined: () => void): void;
  /**
   * The application is about to listen on the port; synchronous. `inThisThread`: in its first turn, perhaps. Whether
   * somebody has said what that means.
   */
  claim(door: Door, inThisThread: boolean): boolean;
  /** The port is given up to the application. */
  yield(): void;
  close(): void;
}
