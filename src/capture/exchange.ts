import type { Context, Span } from '@opentelemetry/api';
import type { RPCType } from '@opentelemetry/core';

/**
 * One request that a server is answering, from its head to the end of its answer. It is what OpenTelemetry calls RPC
 * metadata, so that instrumentations of others can tell it their route.
 */
export interface Exchange {
  readonly type: RPCType.HTTP;
  /** Active for all that the application does to answer. */
  context: Context;
  readonly span: Span;
  /** As the metrics name them. */
  readonly method: string;
  readonly scheme: string;
  readonly version: string;
  /** Milliseconds of `performance.now()`. */
  readonly start: number;
  /** The template that the request matched: `/users/:id`. */
  route: string | undefined;
  /** The path below which whoever answers was called: the route where none has matched. */
  mountRoute: string | undefined;
  /**
   * On its way through routers that are mounted in routers: the template of where the one at work is mounted, and where in
   * that is mounted what it has called last. Here are names of parameters, where `baseUrl` of a request has their values.
   */
  prefix: string;
  mount: string;
  /** What made the request fail. It is recorded if the answer says that it failed, or there is none. */
  error: unknown;
  /** Bytes of the body that came, and of the body that was written. */
  received: number;
  sent: number;
  ended: boolean;
}

/** A constructor that returns an object has the private fields of its subclass put on that. */
class Given {
  constructor(object: object) {
    return object;
  }
}

/** A private field of somebody else's object: fast, and whoever prints or copies a request does not see it. */
class Holder extends Given {
  #exchange: Exchange;
  constructor(object: object, exchange: Exchange) {
    super(object);
    this.#exchange = exchange;
  }
  static exchangeOf(this: void, object: unknown): Exchange | undefined {
    return typeof object === 'object' && object !== null && #exchange in object ? object.#exchange : undefined;
  }
}

/** `object` is a request, a response or a stream of Node, and has no exchange yet. */
export function attach(object: object, exchange: Exchange): void {
  new Holder(object, exchange);
}

/** Of what is none of these: undefined. */
export const { exchangeOf } = Holder;

/** `request` is Node's own: an IncomingMessage, or the Http2ServerRequest of the compatibility API. */
export function noteRoute(request: object, route: string): void {
  const exchange = exchangeOf(request);
  if (exchange !== undefined) exchange.route = route;
}

/** What made the request fail; the first that is noted counts. */
export function noteError(request: object, error: unknown): void {
  const exchange = exchangeOf(request);
  if (exchange !== undefined) exchange.error ??= error;
}
