/** Between the admin server and the other processes that would serve at the same address. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** What a peer on this host asks the admin server to upgrade to; the header in which it says who it is has the same name. */
export const PROTOCOL = 'firstlight-group';

/** What the admin server tells. */
export interface Sharing {
  /** Somebody else has the port. */
  taken(door: Door): void;
  listening(door: Door): void;
  /** A peer on this host asks to become a member. `joined`: the connection is none of a client any more. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer, joined: () => void): void;
  /**
   * The application is about to listen on a port that we do not have; synchronous. `inThisThread`: in its first turn,
   * perhaps. Whether somebody has said what that means.
   */
  claim(door: Door, inThisThread: boolean): boolean;
  /** The port is about to be given up to the application; synchronous. */
  yield(): void;
  close(): void;
}

/** What the others can do to the admin server. */
export interface Door {
  /** Its address. */
  readonly host: string;
  readonly port: number;
  /** Tries to listen again. */
  bid(): void;
  /** As if the application of this process had listened on the port; synchronous. */
  letGo(): void;
  /** Another process has let go of the port for the application, and has said so. */
  giveUp(): void;
}
