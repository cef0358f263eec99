/** Datagrams on their way to the server: a few at a time, or all at once at the end of the process. */
import type { Socket } from 'node:dgram';
import { setTimeout } from 'node:timers';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { StatsdAddress } from '../../config/statsd-address.ts';
import * as diag from '../../diag.ts';

/** Datagrams sent in one turn of the event loop, and the milliseconds to the next: a server's buffer holds about 90. */
const AT_ONCE = 16;
const PAUSE = 5;
/** Datagrams at the end of the process, where nothing can wait. */
const AT_END = 1000;

export interface Sender {
  /** Finds out where the server is, at once where that is an address. Rejects where its name has none. */
  aim(): Promise<void>;
  /** Takes them one by one, so that whatever makes them is spread over turns too. Resolves when all are on their way. */
  send(datagrams: Iterator<string>): Promise<void>;
  /** The rest of those under way and then these, synchronously; nothing where the server has not been found yet. */
  sendNow(datagrams: Iterator<string>): void;
  /** Says why nothing arrives, at most one line a minute. */
  report(cause: unknown): void;
  close(): void;
}

export function createSender({ host, port }: StatsdAddress): Sender {
  const { isIP } = process.getBuiltinModule('node:net');
  const server = isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
  let socket: Socket | undefined;
  let aimedAt: string | undefined;
  let underWay: Iterator<string> | undefined;
  let closed = false;

  const report = (cause: unknown): void =>
    diag.limited('statsd', `metrics do not reach the StatsD server ${server} (FIRSTLIGHT_STATSD_ADDRESS)`, cause);
  const aimAt = (address: string): void => {
    if (closed || (socket !== undefined && address === aimedAt)) return;
    socket?.close();
    socket = undefined;
    socket = connected(address, port, (cause) => {
      // Made anew the next time: it may be the socket itself that does not work.
      aimedAt = undefined;
      report(cause);
    });
    aimedAt = address;
  };
  const close = (): void => {
    closed = true;
    socket?.close();
    socket = undefined;
  };
  /** Whether there may be more that can be sent. */
  const some = (datagrams: Iterator<string>, most: number): boolean => {
    for (let sent = 0; sent < most; sent++) {
      if (socket === undefined) return false;
      const { value, done = false } = datagrams.next();
      if (done) return false;
      socket.send(Buffer.from(value as string), (cause) => cause && report(cause));
    }
    return true;
  };

  return {
    aim: async () => aimAt(isIP(host) === 0 ? await lookUp(host) : host),
    async send(datagrams) {
      underWay = datagrams;
      try {
        while (some(datagrams, AT_ONCE)) await pause();
      } finally {
        underWay = undefined;
      }
    },
    sendNow(datagrams) {
      if (socket === undefined) return;
      const rest = underWay;
      underWay = undefined;
      if (rest !== undefined) some(rest, AT_END);
      some(datagrams, AT_END);
    },
    report,
    close,
  };
}

const pause = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, PAUSE).unref());

/** The name's first address, asked for anew each time: servers move. */
const lookUp = (host: string): Promise<string> =>
  new Promise((resolve, reject) =>
    context.with(suppressTracing(ROOT_CONTEXT), () =>
      process.getBuiltinModule('node:dns').lookup(host, (cause, address) => (cause ? reject(cause) : resolve(address))),
    ),
  );

/**
 * A socket that can send at once: a connected one asks nobody where to, hears of a port that nobody listens on, and hands
 * a datagram to the system within the call, which is all that counts inside `exit`.
 */
function connected(address: string, port: number, onError: (cause: unknown) => void): Socket {
  const family = address.includes(':') ? 6 : 4;
  const socket = process.getBuiltinModule('node:dgram').createSocket({
    type: `udp${family}`,
    // Asked for addresses alone, its own and the server's. The answer must not wait for another turn.
    lookup: (known, _options, callback) => callback(null, known, family),
  });
  // A cluster's primary is not to open it for its workers.
  socket.on('error', onError).bind({ port: 0, exclusive: true }).unref();
  socket.connect(port, address);
  return socket;
}
