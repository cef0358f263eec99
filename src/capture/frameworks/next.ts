import {
  context,
  INVALID_SPAN_CONTEXT,
  SpanKind,
  trace,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { isWrapped } from '@opentelemetry/instrumentation';
import { activeExchange } from '../active-exchange.ts';
import type { Exchange } from '../exchange.ts';
import { adapter } from './adapter.ts';
import { JoinedSpan } from './joined-span.ts';

/** Of the spans of Next, the one for the whole of a request, as ours is. */
const WHOLE_REQUEST = 'BaseServer.handleRequest';
/** The application may have an answer to what this one throws. */
const FETCH = 'AppRender.fetch';
/** The pages that tell of errors; those of applications do not begin with `_`. */
const OF_NEXT = /^\/(?:_.*|404|500)$/;

type Run = (span: Span) => unknown;

interface NextTracer {
  withPropagatedContext(this: unknown, carrier: unknown, run: unknown, getter: unknown, isForced?: boolean): unknown;
  getActiveScopeSpan(this: unknown): Span | undefined;
}

const Adapter = adapter('next', {
  next: {
    versions: '>=15 <17',
    files: {
      'dist/server/lib/trace/tracer.js': (exports: { getTracer(): object }) => {
        keepOurs(Object.getPrototypeOf(exports.getTracer()) as NextTracer);
        return exports;
      },
    },
  },
});

/** Makes the spans of Next children of ours, and takes the route and the error from them. */
export class NextInstrumentation extends Adapter {
  override setTracerProvider(provider: TracerProvider): void {
    super.setTracerProvider(provider);
    if (isWrapped(provider.getTracer)) return;
    this._wrap(provider, 'getTracer', (getTracer) => {
      let joining: Tracer | undefined;
      return (name, ...rest) => {
        if (name !== 'next.js') return getTracer.call(provider, name, ...rest);
        return (joining ??= joiningOurs(getTracer.call(provider, name, ...rest)));
      };
    });
  }
}

function keepOurs(tracer: NextTracer): void {
  const { withPropagatedContext, getActiveScopeSpan } = tracer;
  // After a middleware Next goes on in a context that it reads from the headers, in which there is nothing of ours.
  tracer.withPropagatedContext = function (carrier, run, getter, isForced) {
    const isLost = isForced === true && activeExchange() === undefined;
    return withPropagatedContext.call(this, carrier, run, getter, isLost);
  };
  // Next also speaks to the span that it finds.
  tracer.getActiveScopeSpan = function () {
    const span = getActiveScopeSpan.call(this);
    const exchange = activeExchange();
    return exchange !== undefined && span === exchange.span ? new JoinedSpan(exchange) : span;
  };
}

/** Next makes spans in this one way. */
function joiningOurs(tracer: Tracer): Tracer {
  const startActiveSpan = (name: string, options: SpanOptions, run: Run): unknown => {
    const exchange = activeExchange();
    const { kind, attributes } = options;
    if (exchange === undefined) {
      // What Next does while it starts is in nobody's trace.
      const isAlone = kind !== SpanKind.SERVER && trace.getActiveSpan() === undefined;
      return isAlone ? run(trace.wrapSpanContext(INVALID_SPAN_CONTEXT)) : tracer.startActiveSpan(name, options, run);
    }
    const route = attributes?.['next.route'];
    if (typeof route === 'string' && !OF_NEXT.test(route)) exchange.route = route;
    const type = attributes?.['next.span_type'];
    if (type === FETCH) return tracer.startActiveSpan(name, options, run);
    if (type !== WHOLE_REQUEST)
      return tracer.startActiveSpan(name, options, (span) => run(notingErrors(span, exchange)));
    const span = new JoinedSpan(exchange);
    return context.with(trace.setSpan(context.active(), span), run, undefined, span);
  };
  return {
    startSpan: tracer.startSpan.bind(tracer),
    startActiveSpan: startActiveSpan as Tracer['startActiveSpan'],
  };
}

function notingErrors(span: Span, exchange: Exchange): Span {
  const { recordException } = span;
  span.recordException = (exception, time) => {
    console.error('EXC', exchange.ended, new Error().stack);exchange.error ??= exception;
    recordException.call(span, exception, time);
  };
  return span;
}
