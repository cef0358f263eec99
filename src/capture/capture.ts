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
import type { Exchange } from './exchange.ts';
import type { Measurements } from './measurements.ts';
import { OTHER, reportedMethod, spanName } from './methods.ts';
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
  /** `IGNORED`: the request is not to be seen; undefined: it could not be captured. */
  begin<R, O>(headOf: (request: R, other: O) => Head, request: R, other: O): Exchange | typeof IGNORED | undefined;
  /** Only the first end counts. */
  end(exchange: Exchange, answerOf: () => Answer): void;
}

export const IGNORED = Symbol('ignored');

/** Active while a request is answered that is not to be seen: nothing below it is either. */
export const UNSEEN: Context = suppressTracing(ROOT_CONTEXT);

/** What became of a client that was gone before it got an answer. */
const ABORTED = 'aborted';

export function createCapture(options: CaptureOptions): Capture {
  const { tracer, measurements, methods, responseHeaders, isIgnored, requireParent } = options;

  const startSpan = (method: string, attributes: Attributes, parent: Context): Span =>
    requireParent && trace.getSpan(parent) === undefined
      ? trace.wrapSpanContext(INVALID_SPAN_CONTEXT)
      : tracer.startSpan(spanName(method), { kind: SpanKind.SERVER, attributes }, parent);

  return {
    begin(headOf, request, other) {
      try {
        const head = headOf(request, other);
        const target = pathAndQuery(head.method, head.target);
        if (isIgnored(target[0], head.peer)) return IGNORED;
        const method = reportedMethod(head.method, methods);
        const attributes = attributesOf(head, method, target, options);
        const parent = propagation.extract(ROOT_CONTEXT, head.headers);
        const exchange = createExchange(head, attributes, startSpan(method, attributes, parent), parent);
        measurements.begin(method, exchange.scheme);
        return exchange;
      } catch (cause) {
        diag.limited('capture', 'a request could not be captured', cause);
        return undefined;
      }
    },
    end(exchange, answerOf) {
      if (exchange.ended) return;
      exchange.ended = true;
      try {
        const answer = answerOf();
        const { status } = answer;
        const { span, route, method } = exchange;
        exchange.error ??= answer.error;
        const isFailed = status === undefined || answer.error !== undefined || status >= 500;
        const errorType = isFailed ? typeOf(exchange.error, status) : undefined;
        if (status !== undefined) span.setAttribute('http.response.status_code', status);
        for (const { name, attribute } of responseHeaders) {
          const value = answer.header(name);
          if (value !== undefined) span.setAttribute(attribute, headerValue(value));
        }
        if (route !== undefined) {
          span.setAttribute('http.route', route);
          span.updateName(`${spanName(method)} ${route}`);
        }
        if (errorType !== undefined) markFailed(span, errorType, exchange.error, status);
        span.end();
        measurements.end(exchange, answer, errorType);
      } catch (cause) {
        diag.limited('capture', 'the end of a request could not be captured', cause);
      }
    },
  };
}

function createExchange({ version }: Head, attributes: Attributes, span: Span, parent: Context): Exchange {
  const exchange = {
    type: RPCType.HTTP,
    // For a moment: the context holds the exchange, and the exchange the context.
    context: parent,
    span,
    method: String(attributes['http.request.method']),
    scheme: String(attributes['url.scheme']),
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

/** With a 5xx the status explains the failure; a message would repeat it. */
function markFailed(span: Span, errorType: string, error: unknown, status = 0): void {
  span.setAttribute('error.type', errorType);
  const message = status < 500 && error instanceof Error ? error.message : undefined;
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
  if (error !== undefined) span.recordException(error instanceof Error ? error : String(error));
}

/** The status where it tells of the failure: of errors there are as many names as an application likes to give. */
function typeOf(error: unknown, status = 0): string {
  if (status >= 500) return String(status);
  if (error === undefined) return ABORTED;
  return error instanceof Error ? error.name : OTHER;
}
