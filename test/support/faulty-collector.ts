/**
 * A collector whose behaviour can be switched while it runs, on ports that stay the same. What it did not accept was not
 * delivered: `requests`, `spans()` and the like tell of accepted requests alone, `attempts` of all.
 */
import { createServer } from 'node:net';
import { once } from 'node:events';
import {
  startCollector,
  type Collector,
  type CollectorOptions,
  type Exchange,
  type ReceivedRequest,
  type Signal,
} from './collector.ts';
import { answerWithFault, partialSuccess, type Fault } from './faults.ts';
import { countItems } from './otlp.ts';

export type Mode =
  | 'ok'
  /** Nobody listens: connections are refused. */
  | 'down'
  /** A good answer after so many ms. */
  | { readonly slow: number }
  /** Takes all but so many items of each request, and says so. */
  | { readonly partial: number; readonly message?: string }
  /** 307 to another collector, `elsewhere`. */
  | 'redirect'
  | Exclude<Fault, { readonly redirect: string }>;

export interface Attempt {
  readonly request: ReceivedRequest;
  /** Milliseconds, by `performance.now()`. */
  readonly at: number;
  readonly mode: Mode;
}

export interface FaultyCollector extends Collector {
  readonly mode: Mode;
  readonly attempts: readonly Attempt[];
  /** Where `redirect` leads. */
  readonly elsewhere: Collector;
  /** Items that were accepted: those of `partial` requests without what was rejected. */
  accepted(signal: Signal): number;
  /** Bytes of endless bodies that were taken. */
  readonly bytesTaken: number;
  /** Requests that wait for an answer stay as they are, except that `down` breaks all connections. */
  become(mode: Mode): Promise<void>;
}

export async function startFaultyCollector(options: Pick<CollectorOptions, 'tls'> = {}): Promise<FaultyCollector> {
  let mode: Mode = 'ok';
  let bytesTaken = 0;
  const attempts: Attempt[] = [];
  const accepted: Record<Signal, number> = { traces: 0, metrics: 0, logs: 0 };
  const end = new AbortController();
  const bounds = { signal: end.signal, onSent: (bytes: number): void => void (bytesTaken += bytes) };
  const elsewhere = await startCollector();

  const accept = (exchange: Exchange, rejected = 0, message?: Uint8Array): void => {
    const { signal, payload } = exchange.request;
    // The client has gone: whatever it was told, it will send this again.
    if (exchange.wire.destroyed) return;
    if (signal !== undefined) accepted[signal] += countItems(signal, payload) - rejected;
    exchange.record();
    exchange.respond(200, message);
  };
  const answer = (exchange: Exchange): void => {
    attempts.push({ request: exchange.request, at: performance.now(), mode });
    if (mode === 'ok' || mode === 'down') accept(exchange);
    else if (mode === 'redirect') {
      answerWithFault({ redirect: `${elsewhere.url}${exchange.request.path}` }, exchange, bounds);
    } else if (typeof mode !== 'object' || 'status' in mode) answerWithFault(mode, exchange, bounds);
    else if ('slow' in mode) setTimeout(accept, mode.slow, exchange).unref();
    else accept(exchange, mode.partial, partialSuccess(exchange, mode.partial, mode.message ?? 'not all were taken'));
  };
  const collector = await startCollector({ ...options, ports: await stablePorts(), answer });

  return {
    ...collector,
    elsewhere,
    attempts,
    get mode() {
      return mode;
    },
    get bytesTaken() {
      return bytesTaken;
    },
    accepted: (signal) => accepted[signal],
    async become(next) {
      const [before, now] = [mode === 'down', next === 'down'];
      mode = next;
      if (now && !before) await collector.close();
      if (before && !now) await collector.reopen();
    },
    clear() {
      collector.clear();
      attempts.length = 0;
    },
    async close() {
      end.abort();
      await Promise.all([elsewhere.close(), ...(mode === 'down' ? [] : [collector.close()])]);
    },
  };
}

/**
 * Ports that nobody takes while they are down: those the system gives to others begin at 32768, and a client that gets
 * the port it connects to is connected to itself.
 */
async function stablePorts(): Promise<[number, number]> {
  const ports: number[] = [];
  while (ports.length < 2) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    if (!ports.includes(port) && (await isFree(port))) ports.push(port);
  }
  return ports as [number, number];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    await once(server.close(), 'close');
    return true;
  } catch {
    return false;
  }
}
