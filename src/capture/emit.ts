/**
 * What is patched of servers, requests and responses is what Node itself calls, once, on their prototypes: a listener for
 * each request would cost more, and the application would see it.
 */
import type { EventEmitter } from 'node:events';
import { context, ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import type { Head } from './attributes.ts';
import type { Answer, Capture } from './capture.ts';
import { attach, exchangeOf, type Exchange } from './exchange.ts';
import type { Current, Method } from './patch.ts';
import { withoutThrowing } from '../without-throwing.ts';

/** There is none before the providers are there, and after the end. */
export type CurrentCapture = () => Capture | undefined;

/** How requests of one kind are read; `other` is what the application answers with. */
export interface Kind<R extends object, O extends object> {
  head(request: R, other: O): Head;
  /** Where the exchange is found again. */
  carriers(request: R, other: O): readonly object[];
  answer(exchange: Exchange, request: R, other: O): Answer;
  /** Before the application hears of the request. */
  readonly begun?: (exchange: Exchange, capture: Capture, other: O) => void;
}

/** Lets a server emit the event of a request, in the context of that; `args` are the event, the request, and the other. */
export function emitRequest<R extends object, O extends object>(
  emit: Method,
  server: object,
  args: ArrayLike<unknown>,
  kind: Kind<R, O>,
  capture: Capture | undefined,
): unknown {
  const request = args[1] as R;
  const other = args[2] as O;
  const carriers = kind.carriers(request, other);
  // An application may pass a request on, from one server or event to another.
  const isKnown = carriers.some(exchangeOf);
  const exchange = isKnown ? undefined : capture?.begin(kind.head, request, other);
  if (exchange === undefined || capture === undefined) return Reflect.apply(emit, server, args);
  for (const carrier of carriers) attach(carrier, exchange);
  if (kind.begun !== undefined) {
    withoutThrowing('the answer to a request cannot be watched', kind.begun, exchange, capture, other);
  }
  let isThrown = true;
  try {
    const result = inContext(exchange.context, emit, server, args);
    isThrown = false;
    return result;
  } finally {
    // Not caught, for Node shows the line that threw last: it must be the application's.
    if (isThrown) capture.thrown(exchange, () => kind.answer(exchange, request, other));
  }
}

/** `emit` of a request, and of all that belongs to one: Node itself calls listeners in the context of the connection. */
export function emitInContext(original: Current): Method {
  const within: Method = function () {
    return inContext(exchangeOf(this)?.context ?? ROOT_CONTEXT, original(), this, arguments);
  };
  return function (event) {
    const isHeard = exchangeOf(this) !== undefined && (this as EventEmitter).listenerCount(event as string) > 0;
    return Reflect.apply(isHeard ? within : original(), this, arguments);
  };
}

/** `emit` of what ends with the answer, by an event `close`. */
export function emitUntilClose<T extends object>(
  original: Current,
  answer: (exchange: Exchange, closed: T) => Answer,
  capture: CurrentCapture,
): Method {
  const emit = emitInContext(original);
  return function (event) {
    if (event !== 'close') return Reflect.apply(emit, this, arguments);
    try {
      return Reflect.apply(emit, this, arguments);
    } finally {
      const exchange = exchangeOf(this);
      if (exchange !== undefined) capture()?.end(exchange, () => answer(exchange, this as T));
    }
  };
}

/** `push` of a request: a piece of its body has come. */
export function countReceived(original: Current): Method {
  return function (chunk) {
    const exchange = exchangeOf(this);
    if (exchange !== undefined && chunk instanceof Uint8Array) exchange.received += chunk.byteLength;
    return Reflect.apply(original(), this, arguments);
  };
}

/** `write` and `end` of a response. */
export function countSent(original: Current): Method {
  return function (chunk, encoding) {
    const exchange = exchangeOf(this);
    if (exchange !== undefined) exchange.sent += sizeOf(chunk, encoding);
    return Reflect.apply(original(), this, arguments);
  };
}

/** Of a header `content-length`. */
export function lengthOf(header: unknown): number | undefined {
  const text = String(header);
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function inContext(of: Context, emit: Method, emitter: object, args: ArrayLike<unknown>): unknown {
  return context.active() === of
    ? Reflect.apply(emit, emitter, args)
    : context.with(of, Reflect.apply as never, undefined, emit, emitter, args);
}

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk, encoding as BufferEncoding);
  return chunk instanceof Uint8Array ? chunk.byteLength : 0;
}
