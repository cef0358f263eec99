/** From the head of a request to the end of its answer: one span, one measurement. Nothing here throws. */
import {
  INVALID_SPAN_CONTEXT,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { RPCType, suppressTracing } from '@opentelemetry/core';
import * as diag from '../diag.ts';
import { attributesOf, headerValue, type AttributeOptions, type CapturedHeader, type Head } from './attributes.ts';
import { RequestContext } from './context.ts';
import type { Exchange } from './exchange.ts';
import type { Measurements } from './measurements.ts';
import { OTHER } from './methods.ts';

export interface CaptureOptions extends AttributeOptions {
  readonly tracer: Tracer;
  readonly measurements: Measurements;
  readonly responseHeaders: readonly CapturedHeader[];
  readonly ignores: Capture['ignores'];
  /** No span for a request that nobody has a span for. */
  readonly requireParent: boolean;
}

/** What is known of an answer when it has ended. */
export interface Answer {
  /** Undefined: none was sent. */
  readonly status: number | undefined;
  readonly header: (name: string) => number | string | string[] | undefined;
  readonly error?: unknown;
  /** Bytes of the bodies; absent where they are not known. */
  readonly received?: number;
  readonly sent?: number;
}

export interface Capture {
  /** Whether a request for this target on this connection is not to be seen. */
  ignores(target: string, socket: object | undefined): boolean;
  /** Undefined: it could not be captured. */
  begin(head: Head): Exchange | undefined;
  /** Only the first end counts. */
  end(exchange: Exchange, answer: Answer): void;
  /** The end of a request whose listener threw. */
  fail(exchange: Exchange, error: unknown, answer: Answer): void;
}

/** Active while a request is answered that is not to be seen: nothing below it is either. */
export const UNSEEN: Context = suppressTracing(ROOT_CONTEXT);

/** What became of a client that was gone before it got an answer. */
const ABORTED = 'aborted';

export function createCapture(options: CaptureOptions): Capture {
  const { tracer, measurements, responseHeaders, methods, requireParent, ignores } = options;

  const startSpan = (method: string, head: Head, parent: Context): Span =>
    requireParent && trace.getSpan(parent) === undefined
      ? trace.wrapSpanContext(INVALID_SPAN_CONTEXT)
      : tracer.startSpan(spanName(method), { kind: SpanKind.SERVER, attributes: attributesOf(head, options) }, parent);

  const begin = (head: Head): Exchange | undefined => {
    try {
      const method = methods.has(head.method) ? head.method : OTHER;
      const parent = propagation.extract(ROOT_CONTEXT, head.headers);
      const exchange = createExchange(head, method, startSpan(method, head, parent), parent);
      measurements.begin(method, head.scheme);
      return exchange;
    } catch (cause) {
      diag.limited('capture', 'a request could not be captured', cause);
      return undefined;
    }
  };

  const finish = (exchange: Exchange, { status, header, received, sent }: Answer, isFailed: boolean): void => {
    if (exchange.ended) return;
    exchange.ended = true;
    const { span, route, error, method, scheme, version } = exchange;
    const errorType = isFailed ? typeOf(error, status) : undefined;
    try {
      if (status !== undefined) span.setAttribute('http.response.status_code', status);
      for (const { name, attribute } of responseHeaders) {
        const value = header(name);
        if (value !== undefined) span.setAttribute(attribute, headerValue(value));
      }
      if (route !== undefined) {
        span.setAttribute('http.route', route);
        span.updateName(`${spanName(method)} ${route}`);
      }
      if (errorType !== undefined) markFailed(span, errorType, error, status);
      span.end();
      const duration = (performance.now() - exchange.start) / 1000;
      measurements.end({ method, scheme, version, route, status, errorType, duration, received, sent });
    } catch (cause) {
      diag.limited('capture', 'the end of a request could not be captured', cause);
    }
  };

  return {
    ignores,
    begin,
    end(exchange, answer) {
      const { status, error } = answer;
      exchange.error ??= error;
      finish(exchange, answer, status === undefined || error !== undefined || status >= 500);
    },
    fail(exchange, error, answer) {
      exchange.error ??= error ?? String(error);
      finish(exchange, answer, true);
    },
  };
}

const spanName = (method: string): string => (method === OTHER ? 'HTTP' : method);

function createExchange({ scheme, version }: Head, method: string, span: Span, parent: Context): Exchange {
  const exchange = {
    type: RPCType.HTTP,
    context: parent,
    span,
    method,
    scheme,
    version,
    start: performance.now(),
    route: undefined,
    prefix: '',
    mount: '',
    error: undefined,
    received: 0,
    sent: 0,
    ended: false,
  };
  exchange.context = new RequestContext(parent, exchange, span);
  return exchange;
}

/** A status that tells of the failure says it all. */
function markFailed(span: Span, errorType: string, error: unknown, status: number | undefined): void {
  span.setAttribute('error.type', errorType);
  const isTold = status !== undefined && status >= 500;
  const message = !isTold && error instanceof Error ? error.message : undefined;
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
  if (error !== undefined) span.recordException(error instanceof Error ? error : String(error));
}

/** The status where it tells of the failure: of errors there are as many names as an application likes to give. */
function typeOf(error: unknown, status: number | undefined): string {
  if (status !== undefined && status >= 500) return String(status);
  if (error === undefined) return ABORTED;
  return error instanceof Error ? error.name : OTHER;
}
