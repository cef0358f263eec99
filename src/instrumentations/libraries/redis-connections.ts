/** Connections of the clients of `redis`, and of its pools of them. */
import type { Connections } from '../../observed.ts';
import { poolName } from './pool-name.ts';

export interface Options {
  readonly url?: string;
  readonly socket?: { readonly host?: string; readonly port?: number; readonly path?: string };
  readonly database?: number;
}
export interface Client {
  /** What is underneath, where this is one of several faces of a client. */
  readonly _self?: Client;
  readonly isReady: boolean;
  readonly options?: Options;
}
export interface Pool {
  readonly _self?: Pool;
  readonly isOpen: boolean;
  readonly idleClients: number;
  readonly tasksQueueLength: number;
}

const nameOf = ({ socket, database }: Options): string =>
  socket?.path
    ? poolName(socket.path, undefined, database)
    : poolName(socket?.host, socket?.port ?? 6379, database ?? 0);

/** A client is one connection: it has no limit, and none of it is idle. */
export const connectionsOf = ({ isReady, options = {} }: Client): Connections => ({
  name: nameOf(options),
  used: isReady ? 1 : 0,
  idle: 0,
});

/** The clients of a pool are clients as others are: it knows which of them are idle. */
export function correctionBy(options: Options = {}, max: number): (pool: Pool) => Connections | undefined {
  const { hostname, port, pathname } = new URL(options.url ?? 'redis://localhost');
  const ofUrl = { socket: { host: hostname, port: Number(port || 6379) }, database: Number(pathname.slice(1)) };
  const name = nameOf(options.url === undefined ? options : { ...ofUrl, ...options });
  return ({ isOpen, idleClients, tasksQueueLength }) =>
    isOpen ? { name, used: -idleClients, idle: idleClients, max, pending: tasksQueueLength } : undefined;
}
