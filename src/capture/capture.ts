/** From the head of a request to the end of its answer: one span, one measurement. Nothing here throws. */
import {
  INVALID_SPAN_CONTEXT,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { RPCType, suppressTracing } from '@opentelemetry/core';
import * as diag from '../diag.ts';
import { attributesOf, type AttributeOptions, type Head } from './attributes.ts';
import { headerValue, type CapturedHeader } from './captured-headers.ts';
import { RequestContext } from './context.ts';
import { failureOf } from './failure.ts';
import type { Exchange } from './exchange.ts';
import type { Measurements } from './measurements.ts';
import { reportedMethod, spanName } from './methods.ts';
import { pathAndQuery } from './target.ts';

export interface CaptureOptions extends AttributeOptions {
  readonly tracer: Tracer;
  readonly measurements: Measurements;
  /** The methods that are reported by name. */
  readonly methods: ReadonlySet<string>;
  readonly responseHeaders: readonly CapturedHeader[];
  /** Whether a request for this path on this connection is not to be seen. */
  readonly isIgnored: (path: string, connection: object | undefined) => boolean;
  /** No span for a request that nobody has a span for. */
  readonly requireParent: boolean;
  /** Calls back if what is being thrown now is caught by nobody. */
  readonly whenUncaught: (call: (error: unknown) => void) => void;
}

/** What is known of an answer when it has ended. */
export interface Answer {
  /** Undefined: none was sent. */
  readonly status: number | undefined;
  readonly header: (name: string) => number | string | string[] | undefined;
  /** What kept it from being sent as a whole. */
  readonly error?: unknown;
  /** Bytes of the bodies; absent where they are not known. */
  readonly received?: number;
  readonly sent?: number;
}

export interface Capture {
  /** Undefined: it could not be captured. */
  begin<R, O>(headOf: (request: R, other: O) => Head, request: R, other: O): Exchange | undefined;
  /** Only the first end counts. */
  end(exchange: Exchange, answerOf: () => Answer): void;
  /** A listener of the request has thrown; if nobody catches that, it is the end. */
  thrown(exchange: Exchange, answerOf: () => Answer): void;
}

/** Of all requests that are not to be seen: nothing below them is either. */
const IGNORED = createExchange('', '', '', trace.wrapSpanContext(INVALID_SPAN_CONTEXT), suppressTracing(ROOT_CONTEXT));
IGNORED.ended = true;

const UNKNOWN: Answer = { status: undefined, header: () => undefined };

/** What became of a client that was gone before it got an answer. */
const ABORTED = 'aborted';

export function createCapture(options: CaptureOptions): Capture {
  const { tracer, measurements, methods, responseHeaders, isIgnored, requireParent, whenUncaught } = options;

  const startSpan = (method: string, attributes: Attributes, parent: Context): Span =>
    requireParent && trace.getSpan(parent) === undefined
      ? trace.wrapSpanContext(INVALID_SPAN_CONTEXT)
      : tracer.startSpan(spanName(method), { kind: SpanKind.SERVER, attributes }, parent);

  const end: Capture['end'] = (exchange, answerOf) => {
    if (exchange.ended) return;
    exchange.ended = true;
    exchange.route ??= exchange.mountRoute;
    let answer = UNKNOWN;
    let errorType: string | undefined;
    try {
      answer = answerOf();
      exchange.error ??= answer.error;
      errorType = describe(exchange, answer, responseHeaders);
    } catch (cause) {
      diag.limited('capture', 'the answer to a request could not be read', cause);
    }
    exchange.span.end();
    measurements.end(exchange, answer, errorType);
  };

  return {
    begin(headOf, request, other) {
      try {
        const head = headOf(request, other);
        const target = pathAndQuery(head.method, head.target);
        if (isIgnored(target[0], head.peer)) return IGNORED;
        const method = reportedMethod(head.method, methods);
        const attributes = attributesOf(head, method, target, options);
        const parent = propagation.extract(ROOT_CONTEXT, head.headers);
        const span = startSpan(method, attributes, parent);
        const exchange = createExchange(method, String(attributes['url.scheme']), head.version, span, parent);
        exchange.context = new RequestContext(parent, exchange, span);
        measurements.begin(method, exchange.scheme);
        return exchange;
      } catch (cause) {
        diag.limited('capture', 'a request could not be captured', cause);
        return undefined;
      }
    },
    end,
    thrown(exchange, answerOf) {
      whenUncaught((error) => end(exchange, () => ({ ...answerOf(), error: error ?? String(error) })));
    },
  };
}

/** The context of a request holds its exchange, and the exchange the context: that comes afterwards. */
function createExchange(method: string, scheme: string, version: string, span: Span, context: Context): Exchange {
  return {
    type: RPCType.HTTP,
    context,
    span,
    method,
    scheme,
    version,
    start: performance.now(),
    route: undefined,
    mountRoute: undefined,
    prefix: '',
    mount: '',
    error: undefined,
    received: 0,
    sent: 0,
    ended: false,
  };
}

/** Writes on the span what is known at the end. Returns the `error.type`, if it is one. */
function describe(
  { span, method, route, error }: Exchange,
  { status, header, error: unsent }: Answer,
  headers: readonly CapturedHeader[],
): string | undefined {
  if (status !== undefined) span.setAttribute('http.response.status_code', status);
  for (const { name, attribute } of headers) {
    const value = header(name);
    if (value !== undefined) span.setAttribute(attribute, headerValue(value));
  }
  if (route !== undefined) {
    span.setAttribute('http.route', route);
    span.updateName(`${spanName(method)} ${route}`);
  }
  const isFailed = status === undefined || unsent !== undefined || status >= 500;
  return isFailed ? markFailed(span, error, status) : undefined;
}

function markFailed(span: Span, error: unknown, status = 0): string {
  const failure = error === undefined ? undefined : failureOf(error);
  // The status where it tells of the failure: of errors there are as many names as an application likes to give.
  const type = status >= 500 ? String(status) : (failure?.type ?? ABORTED);
  // And where it does, a message would repeat it.
  const message = status >= 500 || !(error instanceof Error) ? undefined : failure?.message;
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
  if (failure !== undefined) span.recordException(failure.exception);
  return type;
}
