/**
 * Where requests of HTTP/1 come in and answers go out. What Node itself calls is patched, once, on the prototypes of
 * servers, requests and responses: a listener for each request would cost more, and the application would see it.
 */
import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { context, type Context } from '@opentelemetry/api';
import type { Head } from './attributes.ts';
import { UNSEEN, type Answer, type Capture } from './capture.ts';
import { carry, exchangeOf, type Exchange } from './exchange.ts';
import { watchHandshake } from './handshake.ts';

export type Method = (this: object, ...args: unknown[]) => unknown;
export type Arguments = ArrayLike<unknown>;

/** There is none before the providers are there. */
export type CurrentCapture = () => Capture | undefined;

/** A method of Node's, and what takes its place. */
export type Patch = readonly [target: object, name: string, wrapper: (original: Method) => Method];

type Class = { readonly prototype: object };

/** For `node:http`, whose requests and responses are also those of `node:https`. */
export function messagePatches(
  { IncomingMessage, ServerResponse }: Readonly<Record<'IncomingMessage' | 'ServerResponse', Class>>,
  capture: CurrentCapture,
): Patch[] {
  return [
    [IncomingMessage.prototype, 'emit', emitInContext],
    [IncomingMessage.prototype, 'push', countReceived],
    [ServerResponse.prototype, 'emit', (emit) => responseEmit(emit, capture)],
    [ServerResponse.prototype, 'write', countSent],
    [ServerResponse.prototype, 'end', countSent],
  ];
}

/** `emit` of a server. */
export function serverEmit(emit: Method, capture: CurrentCapture): Method {
  return function (event, request, other) {
    switch (event) {
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
        return answer(emit, this, arguments, request as IncomingMessage, other as ServerResponse, capture());
      case 'upgrade':
      case 'connect':
        return shakeHands(emit, this, arguments, request as IncomingMessage, other as Duplex, capture());
      default:
        return Reflect.apply(emit, this, arguments);
    }
  };
}

function answer(
  emit: Method,
  server: object,
  args: Arguments,
  request: IncomingMessage,
  response: ServerResponse,
  capture: Capture | undefined,
): unknown {
  // An application may pass a request on, from one server or event to another.
  if (capture === undefined || exchangeOf(request) !== undefined) return Reflect.apply(emit, server, args);
  if (capture.ignores(request.url ?? '', request.socket)) return inContext(UNSEEN, emit, server, args);
  const exchange = capture.begin(headOf(request));
  if (exchange === undefined) return Reflect.apply(emit, server, args);
  carry(request, exchange);
  carry(response, exchange);
  try {
    return inContext(exchange.context, emit, server, args);
  } catch (error) {
    capture.fail(exchange, error, answerOf(exchange, request, response));
    throw error;
  }
}

/** An upgrade or a CONNECT: its span is the handshake, for what comes after it is no request. */
function shakeHands(
  emit: Method,
  server: object,
  args: Arguments,
  request: IncomingMessage,
  socket: Duplex,
  capture: Capture | undefined,
): unknown {
  if (capture === undefined || exchangeOf(request) !== undefined) return Reflect.apply(emit, server, args);
  if (capture.ignores(request.url ?? '', request.socket)) return inContext(UNSEEN, emit, server, args);
  const exchange = capture.begin(headOf(request));
  if (exchange === undefined) return Reflect.apply(emit, server, args);
  carry(request, exchange);
  watchHandshake(socket, (status) => capture.end(exchange, { status, header: nothing }));
  try {
    return inContext(exchange.context, emit, server, args);
  } catch (error) {
    capture.fail(exchange, error, { status: undefined, header: nothing });
    throw error;
  }
}

/** `emit` of a request, and of all that belongs to one: Node itself calls listeners in the context of the connection. */
export function emitInContext(emit: Method): Method {
  return function (event) {
    const exchange = exchangeOf(this);
    return exchange === undefined || (this as EventEmitter).listenerCount(event as string) === 0
      ? Reflect.apply(emit, this, arguments)
      : inContext(exchange.context, emit, this, arguments);
  };
}

/** `emit` of a response. */
export function responseEmit(emit: Method, capture: CurrentCapture): Method {
  const emitEvent = emitInContext(emit);
  return function (event) {
    if (event !== 'close') return Reflect.apply(emitEvent, this, arguments);
    try {
      return Reflect.apply(emitEvent, this, arguments);
    } finally {
      const response = this as ServerResponse;
      const exchange = exchangeOf(response);
      if (exchange !== undefined) capture()?.end(exchange, answerOf(exchange, response.req, response));
    }
  };
}

/** `push` of a request: a piece of its body has come. */
export function countReceived(push: Method): Method {
  return function (chunk) {
    const exchange = exchangeOf(this);
    if (exchange !== undefined && chunk instanceof Uint8Array) exchange.received += chunk.byteLength;
    return Reflect.apply(push, this, arguments);
  };
}

/** `write` and `end` of a response. */
export function countSent(write: Method): Method {
  return function (chunk, encoding) {
    const exchange = exchangeOf(this);
    if (exchange !== undefined) exchange.sent += sizeOf(chunk, encoding);
    return Reflect.apply(write, this, arguments);
  };
}

export function inContext(of: Context, emit: Method, emitter: object, args: Arguments): unknown {
  return context.active() === of
    ? Reflect.apply(emit, emitter, args)
    : context.with(of, Reflect.apply as never, undefined, emit, emitter, args);
}

/** Node's lenient parser lets a client write any. */
const VERSIONS = new Set(['0.9', '1.0', '1.1']);

function headOf({ method = '', url = '', httpVersion, headers, socket }: IncomingMessage): Head {
  return {
    method,
    target: url,
    scheme: (socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http',
    version: VERSIONS.has(httpVersion) ? httpVersion : '',
    host: headers.host,
    headers,
    peer: socket,
  };
}

function answerOf({ received, sent }: Exchange, request: IncomingMessage, response: ServerResponse): Answer {
  const { statusCode, headersSent, errored } = response;
  const length = request.complete ? lengthOf(request.headers['content-length']) : undefined;
  const hasBody = request.method !== 'HEAD' && statusCode !== 204 && statusCode !== 304;
  return {
    status: headersSent ? statusCode : undefined,
    error: errored ?? undefined,
    header: (name) => response.getHeader(name),
    // Of a body that nobody reads only the length is known.
    received: length ?? received,
    sent: hasBody ? sent : 0,
  };
}

/** Of a header `content-length`. */
export function lengthOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk, encoding as BufferEncoding);
  return chunk instanceof Uint8Array ? chunk.byteLength : 0;
}

const nothing = (): undefined => undefined;
