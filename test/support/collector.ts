/**
 * An OTLP receiver in the process of the test: HTTP (protobuf and JSON) on one port, gRPC on another. The gRPC half
 * is plain HTTP/2, so that what is checked is the wire and not a library's view of it.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as http2 from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import {
  decodeProtobuf,
  logsOf,
  metricsOf,
  spansOf,
  type Log,
  type Message,
  type Metric,
  type Signal,
  type Span,
} from './otlp.ts';

export type { Log, Metric, Point, Signal, Span } from './otlp.ts';

const tlsFile = (name: string): string => fileURLToPath(new URL(`tls/${name}`, import.meta.url));

/** PEM files: `ca` signed both the server's certificate (localhost, 127.0.0.1) and the client's. */
export const tlsFiles = {
  ca: tlsFile('ca.pem'),
  clientKey: tlsFile('client.key'),
  clientCertificate: tlsFile('client.pem'),
};

export interface CollectorOptions {
  /** `mutual` refuses clients without the certificate of `tlsFiles`. */
  readonly tls?: boolean | 'mutual';
  /** HTTP status of the answer to the n-th request, from 0; default 200. gRPC answers UNAVAILABLE for anything else. */
  readonly status?: (index: number) => number;
  /** Of HTTP and of gRPC; default: any free ones. */
  readonly ports?: readonly [http: number, grpc: number];
  /** Takes the place of `status`: records and answers what it wants to. */
  readonly answer?: (exchange: Exchange) => void;
}

/** A request that was read, and what can be done with it. */
export interface Exchange {
  readonly request: ReceivedRequest;
  readonly wire: ServerResponse | http2.ServerHttp2Stream;
  /** The connection, below TLS. */
  readonly socket: Socket | undefined;
  /** Counts the request among those received. */
  record(): void;
  /** `message` is the body of a good answer, as encoded by the protocol; default: an empty one. */
  respond(status: number, message?: Uint8Array): void;
}

export interface ReceivedRequest {
  readonly protocol: 'grpc' | 'http/protobuf' | 'http/json';
  /** Undefined for a path that is none of OTLP's; such a request is recorded all the same. */
  readonly signal: Signal | undefined;
  readonly method: string;
  readonly path: string;
  /** Lower-case names; no HTTP/2 pseudo headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of the message: gRPC compresses inside its own frame. */
  readonly compression: 'gzip' | 'none';
  /** Bytes of the body as they were sent. */
  readonly size: number;
  /** Common name of the client's certificate. */
  readonly client: string | undefined;
  readonly payload: Message;
}

export interface Collector {
  /** Base URL for HTTP, without a slash at the end. */
  readonly url: string;
  readonly grpcUrl: string;
  readonly requests: readonly ReceivedRequest[];
  spans(): Span[];
  logs(): Log[];
  metrics(): Metric[];
  /** Resolves with all spans as soon as there are `n`; rejects with what there is after `timeoutMs`. */
  waitForSpans(n: number, timeoutMs?: number): Promise<Span[]>;
  waitFor(condition: () => boolean, timeoutMs?: number): Promise<void>;
  clear(): void;
  /** Refuses connections from now on, and breaks those there are. */
  close(): Promise<void>;
  /** Listens again, on the ports of before. */
  reopen(): Promise<void>;
}

export async function startCollector({
  tls = false,
  status = () => 200,
  ports = [0, 0],
  answer = answerWith(status),
}: CollectorOptions = {}): Promise<Collector> {
  const requests: ReceivedRequest[] = [];
  const waiting = new Set<() => void>();
  const record = (request: ReceivedRequest): void => {
    requests.push(request);
    for (const look of waiting) look();
  };
  const receive: Receive = (exchange, port) =>
    answer({
      ...exchange,
      socket: servers.map(({ socketOf }) => socketOf(port)).find((socket) => socket !== undefined),
      record: () => record(exchange.request),
    });

  const credentials = tls !== false && {
    key: readFileSync(tlsFile('server.key')),
    cert: readFileSync(tlsFile('server.pem')),
    ca: readFileSync(tlsFiles.ca),
    requestCert: tls === 'mutual',
    rejectUnauthorized: tls === 'mutual',
  };
  const onHttp = (request: IncomingMessage, response: ServerResponse): void =>
    void answerHttp(request, response, receive);
  const http = credentials ? createTlsServer(credentials, onHttp) : createServer(onHttp);
  const grpc = credentials ? http2.createSecureServer(credentials) : http2.createServer();
  grpc.on(
    'stream',
    (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void answerGrpc(stream, headers, receive),
  );
  const servers = [await listen(http, ports[0]), await listen(grpc, ports[1])] as const;

  const of = <T>(signal: Signal, read: (message: Message) => T[]): T[] =>
    requests.filter((request) => request.signal === signal).flatMap((request) => read(request.payload));
  const spans = (): Span[] => of('traces', spansOf);
  const waitFor = (condition: () => boolean, timeoutMs = 10_000): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(look);
        const seen = requests.map(({ method, path, size }) => `${method} ${path} (${size} bytes)`).join(', ');
        reject(
          new Error(
            `not within ${timeoutMs} ms; received: ${seen === '' ? 'nothing' : seen}; spans: ${spans()
              .map((span) => span.name)
              .join(', ')}`,
          ),
        );
      }, timeoutMs);
      const look = (): void => {
        if (!condition()) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });

  const scheme = tls === false ? 'http' : 'https';
  // Node warns on stderr when a client asks for a certificate by IP address.
  const host = tls === false ? '127.0.0.1' : 'localhost';
  return {
    url: `${scheme}://${host}:${servers[0].port}`,
    grpcUrl: `${scheme}://${host}:${servers[1].port}`,
    requests,
    spans,
    logs: () => of('logs', logsOf),
    metrics: () => of('metrics', metricsOf),
    async waitForSpans(n, timeoutMs) {
      await waitFor(() => spans().length >= n, timeoutMs);
      return spans();
    },
    waitFor,
    clear: () => void requests.splice(0),
    async close() {
      await Promise.all(servers.map((server) => server.close()));
    },
    async reopen() {
      await Promise.all(servers.map((server) => server.reopen()));
    },
  };
}

function answerWith(status: (index: number) => number): (exchange: Exchange) => void {
  let received = 0;
  return ({ record, respond }) => {
    record();
    respond(status(received++));
  };
}

type Receive = (
  exchange: Pick<Exchange, 'request' | 'wire' | 'respond'>,
  /** The client's port. */
  port: number | undefined,
) => void;

async function answerHttp(request: IncomingMessage, response: ServerResponse, receive: Receive): Promise<void> {
  const { url: path = '', method = '', headers } = request;
  try {
    const body = await read(request);
    const gzip = headers['content-encoding'] === 'gzip';
    const bytes = gzip ? gunzipSync(body) : body;
    const json = headers['content-type'] === 'application/json';
    const signal = /\/v1\/(traces|metrics|logs)$/.exec(path)?.[1] as Signal | undefined;
    const payload = json ? (JSON.parse(bytes.toString()) as Message) : decodeProtobuf(signal ?? 'traces', bytes);
    const exchange = {
      request: {
        protocol: json ? 'http/json' : 'http/protobuf',
        signal,
        method,
        path,
        headers: flat(headers),
        compression: gzip ? 'gzip' : 'none',
        size: body.length,
        client: clientName(request.socket),
        payload,
      },
      wire: response,
      respond(code, message = Buffer.from(json ? '{}' : '')) {
        response.writeHead(code, { 'content-type': json ? 'application/json' : 'application/x-protobuf' });
        response.end(message);
      },
    } satisfies Parameters<Receive>[0];
    receive(exchange, request.socket.remotePort);
  } catch (cause) {
    response.writeHead(400).end(String(cause));
  }
}

const GRPC_SIGNALS: Readonly<Record<string, Signal>> = {
  '/opentelemetry.proto.collector.trace.v1.TraceService/Export': 'traces',
  '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export': 'metrics',
  '/opentelemetry.proto.collector.logs.v1.LogsService/Export': 'logs',
};
const UNAVAILABLE = '14';
const UNIMPLEMENTED = '12';

/** One unary call. A gRPC message is a byte that says whether it is compressed, four of length, and the content. */
async function answerGrpc(
  stream: http2.ServerHttp2Stream,
  headers: http2.IncomingHttpHeaders,
  receive: Receive,
): Promise<void> {
  stream.on('error', () => {});
  const path = headers[':path'] ?? '';
  const signal = GRPC_SIGNALS[path];
  const frame = await read(stream).catch(() => undefined);
  if (frame === undefined) return;
  if (signal === undefined) {
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': UNIMPLEMENTED },
      { endStream: true },
    );
    return;
  }
  const gzip = frame[0] === 1;
  const content = frame.subarray(5);
  const request: ReceivedRequest = {
    protocol: 'grpc',
    signal,
    method: headers[':method'] ?? '',
    path,
    headers: flat(headers),
    compression: gzip ? 'gzip' : 'none',
    size: frame.length,
    client: clientName(stream.session?.socket),
    payload: decodeProtobuf(signal, gzip ? gunzipSync(content) : content),
  };
  const respond = (code: number, message: Uint8Array = Buffer.alloc(0)): void => {
    if (code !== 200) {
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': UNAVAILABLE },
        { endStream: true },
      );
      return;
    }
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(grpcFrame(message));
  };
  receive({ request, wire: stream, respond }, stream.session?.socket.remotePort);
}

/** A gRPC message that is not compressed; `length` lies where it is not that of the content. */
export function grpcFrame(content: Uint8Array, length = content.length): Buffer {
  const frame = Buffer.alloc(5 + content.length);
  frame.writeUInt32BE(length, 1);
  frame.set(content, 5);
  return frame;
}

async function read(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function flat(headers: http2.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !name.startsWith(':'))
      .map(([name, value]) => [name, String(value)]),
  );
}

function clientName(socket: unknown): string | undefined {
  return socket instanceof TLSSocket ? (socket.getPeerCertificate().subject?.CN as string | undefined) : undefined;
}

interface Listening {
  readonly port: number;
  /** The connection of the client that has this port. */
  socketOf(port: number | undefined): Socket | undefined;
  close(): Promise<void>;
  reopen(): Promise<void>;
}

async function listen(server: Server, wanted: number): Promise<Listening> {
  const sockets = new Set<Socket>();
  for (const event of ['connection', 'secureConnection']) {
    server.on(event, (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    });
  }
  const open = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await open(wanted);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    // A TLS socket comes after the connection it is on.
    socketOf: (remote) => [...sockets].find(({ remotePort }) => remotePort === remote),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
    reopen: () => open(port),
  };
}
