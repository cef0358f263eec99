/**
 * The application's own port comes first. Node announces every `listen` of this thread before it binds, also the one
 * that a cluster primary makes for its workers: early enough to let go of a port.
 */
import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import type { Server } from 'node:net';

const LISTEN = 'tracing:net.server.listen:asyncStart';
const CHILD = 'child_process';

/**
 * Calls `letGo` once, synchronously, when another server is about to listen on `port()`, with that server if it is of
 * this process. Returns how to stop watching.
 */
export function watchListen(
  own: () => Server | undefined,
  port: () => number | undefined,
  letGo: (rival?: EventEmitter) => void,
): () => void {
  let watching = true;
  const stop = (): void => {
    watching = false;
    unsubscribe(LISTEN, listens);
    unsubscribe(CHILD, starts);
  };
  const heard = (given: unknown, rival?: EventEmitter): void => {
    // A port may be given as text; a pipe or a handle has none, and what is neither is Node's to reject.
    if (!watching || given === undefined || (typeof given === 'string' ? Number(given) : given) !== port()) return;
    stop();
    letGo(rival);
  };
  const listens = (message: unknown): void => {
    const { server, options } = message as { readonly server: Server; readonly options: { readonly port?: unknown } };
    if (server !== own()) heard(options.port, server);
  };
  // Where workers accept connections themselves (`SCHED_NONE`, the default on Windows), the primary binds for them
  // without a word; only their wish for it can be seen.
  const starts = (message: unknown): void => {
    const { process: child } = message as { readonly process: ChildProcess };
    child.prependListener('internalMessage', (wish: { readonly act?: unknown; readonly port?: unknown } | null) => {
      if (wish?.act === 'queryServer') heard(wish.port);
    });
  };
  subscribe(LISTEN, listens);
  subscribe(CHILD, starts);
  return stop;
}
