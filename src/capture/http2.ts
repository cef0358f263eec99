/** Requests of HTTP/2: each is a stream, whether the application takes it as one or as a request with a response. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { Http2ServerRequest, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Head } from './attributes.ts';
import type { Answer } from './capture.ts';
import {
  countReceived,
  countSent,
  emitInContext,
  emitRequest,
  emitUntilClose,
  lengthOf,
  type CurrentCapture,
  type Kind,
} from './emit.ts';
import { attach, exchangeOf, type Exchange } from './exchange.ts';
import { serverEmit } from './http1.ts';
import { patchMethod, type Current, type Method, type Patch } from './patch.ts';

type Class = { readonly prototype: object };

/**
 * For `node:http2`. Its servers and streams have no class that is exported: the first of each shows it. What is patched of
 * them is not undone; without a capture it passes on.
 */
export function http2Patches(
  http2: Readonly<Record<'Http2ServerRequest' | 'Http2ServerResponse', Class>>,
  capture: CurrentCapture,
): Patch[] {
  const onFirstStream = firstOfEach((prototype) => {
    patchMethod([prototype, 'emit', (original) => emitUntilClose(original, answerOf, capture)]);
    patchMethod([prototype, 'push', countReceived]);
    patchMethod([prototype, 'write', countSent]);
    patchMethod([prototype, 'end', countSent]);
  });
  const onFirstServer = firstOfEach((prototype) =>
    patchMethod([prototype, 'emit', (original) => http2ServerEmit(original, capture, onFirstStream)]),
  );
  const creating = (original: Current): Method =>
    function () {
      const server = Reflect.apply(original(), this, arguments) as object;
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

/** A server may get requests of HTTP/1 too. */
function http2ServerEmit(original: Current, capture: CurrentCapture, onStream: (stream: object) => void): Method {
  const emitOther = serverEmit(original, capture);
  return function (event, first, second) {
    if (event === 'stream' && isOfNode(first)) {
      onStream(first as object);
      return emitRequest(original(), this, arguments, STREAM, capture());
    }
    const exchange = AS_REQUESTS.has(event)
      ? exchangeOf((first as Partial<Http2ServerRequest> | null)?.stream)
      : undefined;
    if (exchange === undefined) return Reflect.apply(emitOther, this, arguments);
    for (const object of [first, second] as object[]) if (exchangeOf(object) === undefined) attach(object, exchange);
    return Reflect.apply(original(), this, arguments);
  };
}

/** Events for which Node has made a request and a response of a stream. */
const AS_REQUESTS: ReadonlySet<unknown> = new Set(['request', 'checkContinue', 'checkExpectation', 'connect']);

/** An application may emit anything. */
const isOfNode = (stream: unknown): boolean => stream?.constructor?.name === 'ServerHttp2Stream';

const STREAM: Kind<ServerHttp2Stream, IncomingHttpHeaders> = {
  head: headOf,
  carriers: (stream) => [stream],
  answer: answerOf,
};

function headOf(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Head {
  const { ':method': method = '', ':path': path = '', ':scheme': scheme, ':authority': authority } = headers;
  return {
    method,
    target: path,
    scheme: scheme === 'https' ? 'https' : 'http',
    version: '2',
    host: authority ?? headers.host,
    headers,
    peer: stream.session?.socket,
  };
}

function answerOf({ received, sent }: Exchange, stream: ServerHttp2Stream): Answer {
  // Undefined until there are any.
  const headers = (stream.sentHeaders as OutgoingHttpHeaders | undefined) ?? {};
  return {
    status: stream.headersSent ? Number(headers[':status']) : undefined,
    error: stream.errored ?? undefined,
    // In the case in which they were given.
    header: (name) => headers[Object.keys(headers).find((given) => given.toLowerCase() === name) ?? name],
    received,
    // A file is sent without passing here.
    sent: sent || lengthOf(headers['content-length']) || 0,
  };
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
