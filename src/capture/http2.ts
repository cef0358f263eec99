/** Requests of HTTP/2: each is a stream, whether the application takes it as one or as a request with a response. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { Http2ServerRequest, IncomingHttpHeaders, IncomingHttpStatusHeader, ServerHttp2Stream } from 'node:http2';
import type { Head } from './attributes.ts';
import { UNSEEN, type Answer } from './capture.ts';
import { carry, exchangeOf, type Exchange } from './exchange.ts';
import {
  countReceived,
  countSent,
  emitInContext,
  inContext,
  lengthOf,
  serverEmit,
  type Arguments,
  type CurrentCapture,
  type Method,
  type Patch,
} from './server.ts';

type Class = { readonly prototype: object };

/** For `node:http2`. Its servers and streams have no class that is exported: the first of each shows it. */
export function http2Patches(
  http2: Readonly<Record<'Http2ServerRequest' | 'Http2ServerResponse', Class>>,
  capture: CurrentCapture,
): Patch[] {
  const onFirstStream = firstOfEach((prototype) => {
    replace(prototype, 'emit', (emit) => streamEmit(emit, capture));
    replace(prototype, 'push', countReceived);
    replace(prototype, 'write', countSent);
    replace(prototype, 'end', countSent);
  });
  const onFirstServer = firstOfEach((prototype) =>
    replace(prototype, 'emit', (emit) => http2ServerEmit(emit, capture, onFirstStream)),
  );
  const creating = (create: Method): Method =>
    function () {
      const server = Reflect.apply(create, this, arguments) as object;
      onFirstServer(server);
      return server;
    };
  return [
    [http2, 'createServer', creating],
    [http2, 'createSecureServer', creating],
    [http2.Http2ServerRequest.prototype, 'emit', emitInContext],
    [http2.Http2ServerResponse.prototype, 'emit', emitInContext],
  ];
}

function http2ServerEmit(emit: Method, capture: CurrentCapture, onStream: (stream: object) => void): Method {
  const emitHttp1 = serverEmit(emit, capture);
  return function (event, first, second) {
    if (event === 'stream') {
      onStream(first as object);
      return answer(emit, this, arguments, first as ServerHttp2Stream, second as IncomingHttpHeaders, capture);
    }
    const stream = event === 'request' ? (first as Partial<Http2ServerRequest>).stream : undefined;
    const exchange = stream && exchangeOf(stream);
    if (exchange === undefined || exchangeOf(first as object) !== undefined) {
      return Reflect.apply(stream === undefined ? emitHttp1 : emit, this, arguments);
    }
    carry(first as object, exchange);
    carry(second as object, exchange);
    return Reflect.apply(emit, this, arguments);
  };
}

function answer(
  emit: Method,
  server: object,
  args: Arguments,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders & IncomingHttpStatusHeader,
  current: CurrentCapture,
): unknown {
  const capture = current();
  if (capture === undefined || exchangeOf(stream) !== undefined) return Reflect.apply(emit, server, args);
  const head = headOf(stream, headers);
  if (capture.ignores(head.target, stream.session?.socket)) return inContext(UNSEEN, emit, server, args);
  const exchange = capture.begin(head);
  if (exchange === undefined) return Reflect.apply(emit, server, args);
  carry(stream, exchange);
  try {
    return inContext(exchange.context, emit, server, args);
  } catch (error) {
    capture.fail(exchange, error, answerOf(exchange, stream));
    throw error;
  }
}

function streamEmit(emit: Method, capture: CurrentCapture): Method {
  const emitEvent = emitInContext(emit);
  return function (event) {
    if (event !== 'close') return Reflect.apply(emitEvent, this, arguments);
    try {
      return Reflect.apply(emitEvent, this, arguments);
    } finally {
      const exchange = exchangeOf(this);
      if (exchange !== undefined) capture()?.end(exchange, answerOf(exchange, this as ServerHttp2Stream));
    }
  };
}

function headOf(stream: ServerHttp2Stream, headers: Record<string, unknown> & IncomingHttpHeaders): Head {
  const { ':method': method, ':path': path, ':scheme': scheme, ':authority': authority } = headers;
  return {
    method: method ?? '',
    target: path ?? '',
    scheme: scheme === 'https' ? 'https' : 'http',
    version: '2',
    host: typeof authority === 'string' ? authority : headers.host,
    headers,
    peer: stream.session?.socket,
  };
}

function answerOf({ received, sent }: Exchange, stream: ServerHttp2Stream): Answer {
  // Undefined until there are any.
  const sentHeaders = (stream.sentHeaders as OutgoingHttpHeaders | undefined) ?? {};
  return {
    status: stream.headersSent ? Number(sentHeaders[':status']) : undefined,
    error: stream.errored ?? undefined,
    header: (name) => sentHeaders[name],
    received,
    // A file is sent without passing here.
    sent: sent || lengthOf(String(sentHeaders['content-length'])) || 0,
  };
}

function replace(target: object, name: string, wrapper: (original: Method) => Method): void {
  const original = (target as Record<string, Method>)[name];
  if (original === undefined) return;
  Object.defineProperty(target, name, { value: wrapper(original), writable: true, configurable: true });
}

/** Calls `found` with each prototype once. */
function firstOfEach(found: (prototype: object) => void): (instance: object) => void {
  const known = new WeakSet<object>();
  return (instance) => {
    const prototype = Object.getPrototypeOf(instance) as object;
    if (known.has(prototype)) return;
    known.add(prototype);
    found(prototype);
  };
}
