/**
 * What is patched of servers, requests and responses is what Node itself calls, once, on their prototypes: a listener for
 * each request would cost more, and the application would see it.
 */
import type { EventEmitter } from 'node:events';
import { context, type Context } from '@opentelemetry/api';
import type { Head } from './attributes.ts';
import type { Answer, Capture } from './capture.ts';
import { attach, exchangeOf, type Exchange } from './exchange.ts';
import type { Method } from './patch.ts';
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
  begun?(exchange: Exchange, capture: Capture, other: O): void;
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
  withoutThrowing('the answer to a request cannot be watched', () => kind.begun?.(exchange, capture, other));
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
export function emitInContext(emit: Method): Method {
  return function (event) {
    const exchange = exchangeOf(this);
    return exchange === undefined || (this as EventEmitter).listenerCount(event as string) === 0
      ? Reflect.apply(emit, this, arguments)
      : inContext(exchange.context, emit, this, arguments);
  };
}

/** `emit` of what ends with the answer, by an event `close`. */
export function emitUntilClose<T extends object>(
  emit: Method,
  answer: (exchange: Exchange, closed: T) => Answer,
  capture: CurrentCapture,
): Method {
  const emitEvent = emitInContext(emit);
  return function (event) {
    if (event !== 'close') return Reflect.apply(emitEvent, this, arguments);
    try {
      return Reflect.apply(emitEvent, this, arguments);
    } finally {
      const exchange = exchangeOf(this);
      if (exchange !== undefined) capture()?.end(exchange, () => answer(exchange, this as T));
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
