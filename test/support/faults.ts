/** What a collector in trouble answers, on HTTP and on gRPC. */
import { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import protobuf from 'protobufjs';
import { grpcFrame, type Exchange } from './collector.ts';
import { encodeResponse, type Signal } from './otlp.ts';

export type Fault =
  /** Reads the request and never answers. */
  | 'hung'
  /** The head of a good answer, then one byte a second, for ever. */
  | 'drip'
  /** Breaks the connection when the request was read. */
  | 'reset'
  /** A good answer by its head, with a body that is no message. */
  | 'garbage'
  /** 200 with a body of text/plain. */
  | 'wrong-type'
  /** Announces more than it sends, then closes the connection. */
  | 'truncated'
  /** A good head, then zeros for ever, as fast as they are read. */
  | 'huge'
  /** 307 to `elsewhere`. */
  | { readonly redirect: string }
  | { readonly status: number; readonly retryAfter?: number | string };

/** Ends the answers of a fault that would go on for ever. */
export interface Bounds {
  readonly signal: AbortSignal;
  /** Called with each piece of an endless body that is taken. */
  readonly onSent: (bytes: number) => void;
}

const HTML = Buffer.from('<!doctype html><html><body>Please log in</body></html>');
const ANNOUNCED = 1000;
const EVERY = 1000;
const PIECE = Buffer.alloc(65_536);

export function answerWithFault(fault: Fault, exchange: Exchange, bounds: Bounds): void {
  if (typeof fault === 'object') {
    if ('redirect' in fault) head(exchange, 307, { location: fault.redirect }).end();
    else answerWithStatus(exchange, fault.status, fault.retryAfter);
    return;
  }
  switch (fault) {
    case 'hung':
      return;
    case 'reset':
      exchange.socket?.resetAndDestroy();
      return;
    case 'garbage':
      exchange.respond(200, HTML);
      return;
    case 'wrong-type':
      head(exchange, 200, { 'content-type': 'text/plain' }).end('ok');
      return;
    case 'truncated':
      good(exchange, { 'content-length': String(ANNOUNCED) }).write(grpcFrame(HTML, ANNOUNCED), () =>
        setTimeout(() => exchange.socket?.destroy(), 20),
      );
      return;
    case 'drip':
      endless(exchange, bounds, Buffer.alloc(1), EVERY);
      return;
    case 'huge':
      endless(exchange, bounds, PIECE, 0);
  }
}

function head({ wire }: Exchange, status: number, headers: Readonly<Record<string, string>>): NodeJS.WritableStream {
  if (wire instanceof ServerResponse) wire.writeHead(status, headers).flushHeaders();
  else wire.respond({ ':status': status, ...headers });
  return wire;
}

/** The head of a healthy answer; gRPC has no length in it. */
function good(exchange: Exchange, headers: Readonly<Record<string, string>> = {}): NodeJS.WritableStream {
  return exchange.wire instanceof ServerResponse
    ? head(exchange, 200, { 'content-type': exchange.request.headers['content-type'] ?? '', ...headers })
    : head(exchange, 200, { 'content-type': 'application/grpc' });
}

function endless(exchange: Exchange, { signal, onSent }: Bounds, piece: Buffer, every: number): void {
  const out = good(exchange);
  // HTTP has no announced length here; what comes is a field of a message that never ends.
  out.write(grpcFrame(Buffer.alloc(0), 0xffff_ffff));
  const body = Readable.from(
    (async function* () {
      for (;;) {
        if (every > 0) await sleep(every, undefined, { signal, ref: false });
        onSent(piece.length);
        yield piece;
      }
    })(),
    { highWaterMark: 1 },
  );
  const stop = (): void => void body.destroy();
  signal.addEventListener('abort', stop);
  exchange.wire.once('close', () => {
    signal.removeEventListener('abort', stop);
    stop();
  });
  body.on('error', () => {}).pipe(out);
}

/** By the table of the OTLP specification. */
const GRPC_CODES: Readonly<Record<number, number>> = {
  400: 3, // INVALID_ARGUMENT
  401: 16, // UNAUTHENTICATED
  403: 7, // PERMISSION_DENIED
  404: 12, // UNIMPLEMENTED
  413: 8, // RESOURCE_EXHAUSTED, without RetryInfo
  429: 8, // RESOURCE_EXHAUSTED, with RetryInfo
  500: 13, // INTERNAL
  502: 14, // UNAVAILABLE
  503: 14,
  504: 4, // DEADLINE_EXCEEDED
};
const UNKNOWN = 2;

function answerWithStatus(exchange: Exchange, status: number, retryAfter: number | string | undefined): void {
  const { wire } = exchange;
  if (wire instanceof ServerResponse) {
    wire.writeHead(status, {
      'content-type': 'text/plain',
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    });
    wire.end(`status ${status}`);
    return;
  }
  const code = GRPC_CODES[status] ?? UNKNOWN;
  // Without RetryInfo this code says: do not try again.
  const seconds = Number(retryAfter ?? (status === 429 ? 0 : Number.NaN));
  const details = Number.isNaN(seconds) ? {} : { 'grpc-status-details-bin': statusDetails(code, seconds) };
  wire.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': String(code),
      'grpc-message': `status ${status}`,
      ...details,
    },
    { endStream: true },
  );
}

const rpc = protobuf.parse(`
  syntax = "proto3";
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
`).root;

function encode(name: string, content: object): Uint8Array {
  const type = rpc.lookupType(name);
  return type.encode(type.fromObject(content)).finish();
}

/** google.rpc.Status with google.rpc.RetryInfo, as it stands in a trailer. */
function statusDetails(code: number, seconds: number): string {
  const delay = { seconds: Math.floor(seconds), nanos: Math.round((seconds % 1) * 1e9) };
  const retryInfo = {
    typeUrl: 'type.googleapis.com/google.rpc.RetryInfo',
    value: encode('RetryInfo', { retryDelay: delay }),
  };
  const fields = { code, details: [retryInfo] };
  return Buffer.from(encode('Status', fields)).toString('base64');
}

const REJECTED: Readonly<Record<Signal, string>> = {
  traces: 'rejectedSpans',
  metrics: 'rejectedDataPoints',
  logs: 'rejectedLogRecords',
};

/** A good answer that says how many items of the request were not taken. */
export function partialSuccess({ request }: Exchange, rejected: number, errorMessage: string): Uint8Array {
  const { signal = 'traces', protocol } = request;
  // 64 bits are text in JSON, and protobufjs takes text too.
  const message = { partialSuccess: { [REJECTED[signal]]: String(rejected), errorMessage } };
  return protocol === 'http/json' ? Buffer.from(JSON.stringify(message)) : encodeResponse(signal, message);
}
