import { context } from '@opentelemetry/api';
import { getRPCMetadata, RPCType } from '@opentelemetry/core';
import { RouterInstrumentation as Stock } from '@opentelemetry/instrumentation-router';
import { withoutThrowing } from './without-throwing.ts';

interface Layer {
  /** Only on the handlers of a route. */
  readonly method?: string;
}
interface Request {
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown };
}
type Next = (error?: unknown) => unknown;

interface Handling {
  readonly context: unknown;
  readonly wrappedNext: Next;
  ensureFallbackListener(): void;
}

/** The part of the original that makes the span of a layer; it is private there. */
interface Layers {
  _setupSpan(layer: Layer, request: Request, response: unknown, next: Next): Handling;
}

/** As the original, without a span for each middleware, and with the route for the span and metrics of the request. */
export class RouterInstrumentation extends Stock {}

const { _setupSpan: setupSpan } = Stock.prototype as unknown as Layers;

(RouterInstrumentation.prototype as unknown as Layers)._setupSpan = function (layer, request, response, next) {
  let handling: Handling = { context: context.active(), wrappedNext: next, ensureFallbackListener() {} };
  if (layer.method === undefined) return handling;
  withoutThrowing('router does not tell the route of a request', () => {
    const metadata = getRPCMetadata(context.active());
    if (metadata?.type === RPCType.HTTP)
      metadata.route = `${request.baseUrl ?? ''}${String(request.route?.path ?? '')}`;
    handling = setupSpan.call(this, layer, request, response, next);
  });
  return handling;
};
