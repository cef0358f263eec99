import { context } from '@opentelemetry/api';
import { getRPCMetadata, RPCType } from '@opentelemetry/core';
import { RouterInstrumentation as Stock } from '@opentelemetry/instrumentation-router';

interface Layer {
  /** Only on the handlers of a route. */
  readonly method?: string;
}
interface Request {
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown };
}
type Next = (error?: unknown) => unknown;

/** The part of the original that makes the span of a layer; it is private there. */
interface Layers {
  _setupSpan(
    layer: Layer,
    request: Request,
    response: unknown,
    next: Next,
  ): { context: unknown; wrappedNext: Next; ensureFallbackListener(): void };
}

/** As the original, without a span for each middleware, and with the route for the span and metrics of the request. */
export class RouterInstrumentation extends Stock {}

const { _setupSpan: setupSpan } = Stock.prototype as unknown as Layers;

(RouterInstrumentation.prototype as unknown as Layers)._setupSpan = function (layer, request, response, next) {
  if (layer.method === undefined) {
    return { context: context.active(), wrappedNext: next, ensureFallbackListener() {} };
  }
  const metadata = getRPCMetadata(context.active());
  if (metadata?.type === RPCType.HTTP) metadata.route = `${request.baseUrl ?? ''}${String(request.route?.path ?? '')}`;
  return setupSpan.call(this, layer, request, response, next);
};
