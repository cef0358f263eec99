/**
 * The one HTTP server of Firstlight. It is never in the way: nothing of it keeps the process alive, it takes a bounded
 * number of slow or hostile clients, and gives up its port to the application.
 */
import { errorMonitor, type EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Component, Route } from '../component.ts';
import * as diag from '../diag.ts';
import type { Door, Sharing } from '../sharing.ts';
import { answerWith } from './answer.ts';
import { createServer } from './bounded-server.ts';
import { upgradeWith } from './upgrade.ts';
import { answerWorkers } from './worker-port.ts';
import { watchListen } from './yield.ts';

export interface AdminOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Opens the private routes, and nothing else does then. */
  readonly token: string | undefined;
  readonly routes: readonly Route[];
  /** Where several processes share the address. Without it a port that is taken is given up. */
  readonly sharing?: Sharing;
}

export interface Admin extends Component {
  /** `http://127.0.0.1:9464`; undefined while nothing listens. */
  address(): string | undefined;
  /** Whether this is a connection to this server, so that its requests are left alone. */
  owns(socket: object): boolean;
}

const HOST = 'OTEL_EXPORTER_PROMETHEUS_HOST';
const MOVE = 'OTEL_EXPORTER_PROMETHEUS_PORT moves it';

export function serve({ host, port, token, routes, sharing }: AdminOptions): Admin {
  const sockets = new WeakSet<object>();
  const answer = answerWith(routes, token);
  let server: Server | undefined;
  let url: string | undefined;
  /** What we have or want. A free port that is not chosen yet is nobody's: `listen(0)` of the application means another. */
  let ours = port === 0 ? undefined : port;

  const giveUp = (): void => {
    clearImmediate(opening);
    unwatch();
    ours = url = undefined;
    // Node closes the listening descriptor within this call, also where the lookup of the host is still under way.
    server?.close();
  };
  const yieldTo = (rival?: EventEmitter): void => {
    const wasOurs = server?.listening === true;
    const isSaid = !wasOurs && sharing?.claim(door, rival !== undefined) === true;
    sharing?.yield();
    giveUp();
    if (isSaid) return;
    const say = (): void =>
      diag.warn(`the application itself listens on port ${port}: /metrics is no longer served; ${MOVE}`);
    if (wasOurs || rival === undefined) return say();
    // Another process may have the port: then the application gets it no more than we would.
    rival.once(errorMonitor, inTrouble).once('listening', () => {
      rival.off(errorMonitor, inTrouble);
      say();
    });
  };
  const inTrouble = (cause: NodeJS.ErrnoException): void => {
    if (cause.code === 'EADDRINUSE') diag.warn(`port ${port} is taken: /metrics is not served; ${MOVE}`);
    else if (url === undefined)
      diag.warn(`cannot listen on ${host}:${port} (${HOST}, …_PORT): /metrics is not served`, cause);
    else diag.limited('admin server', 'the admin server could not take a connection', cause);
    // What we never had we need not yield.
    if (server?.listening !== true) giveUp();
  };
  const failed = (cause: NodeJS.ErrnoException): void =>
    cause.code === 'EADDRINUSE' && sharing !== undefined ? sharing.taken(door) : inTrouble(cause);
  const door: Door = { host, port, bid: () => ours !== undefined && open(), letGo: () => yieldTo(), giveUp };
  const unwatch = watchListen(
    () => server,
    () => ours,
    yieldTo,
  );
  const leaveWorkers = answerWorkers((wanted) => {
    if (wanted === ours) yieldTo();
  });
  const open = (): void => {
    if (isListeningDenied()) {
      diag.warn('Node runs with --permission and without --allow-net: /metrics is not served');
      return giveUp();
    }
    try {
      server = createServer(answer, (socket) => void sockets.add(socket));
      if (sharing !== undefined) server.on('upgrade', upgradeWith(sharing, answer, server));
      server.once('listening', () => {
        ours = portOf(server);
        url = `http://${host.includes(':') ? `[${host}]` : host}:${ours}`;
        // Who left it to us cannot know which it is.
        if (port === 0) diag.info(`/metrics is served at ${url}`);
        sharing?.listening(door);
      });
      server.on('error', failed);
      server.listen({ host, port, exclusive: true });
    } catch (cause) {
      failed(cause as NodeJS.ErrnoException);
    }
  };
  // After the application's own first turn: it may load HTTP anyway, take the port, or be at its end already.
  const opening = setImmediate(open).unref();

  return {
    name: 'admin server',
    address: () => url,
    owns: (socket) => sockets.has(socket),
    async shutdown() {
      leaveWorkers();
      sharing?.close();
      giveUp();
      server?.closeAllConnections();
    },
  };
}

/**
 * Where it is, Node throws from a later tick, in nobody's `try`. Before `--allow-net` existed `--permission` left the
 * network alone, and `has` knew nothing of it.
 */
const isListeningDenied = (): boolean =>
  process.permission?.has('net') === false && process.allowedNodeEnvironmentFlags.has('--allow-net');

const portOf = (server: Server | undefined): number | undefined =>
  (server?.address() as AddressInfo | null | undefined)?.port;
