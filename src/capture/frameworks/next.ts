import {
  context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  SpanKind,
  trace,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
  isWrapped,
} from '@opentelemetry/instrumentation';
import { activeExchange } from '../active-exchange.ts';
import type { Exchange } from '../exchange.ts';
import { JoinedSpan } from './joined-span.ts';

const VERSIONS = ['>=16 <17'];
/** Of the spans of Next, the one for the whole of a request, as ours is. */
const WHOLE_REQUEST = 'BaseServer.handleRequest';
/** The application may have an answer to what this one throws. */
const FETCH = 'AppRender.fetch';
/** The pages that tell of errors; those of applications do not begin with `_`. */
const OF_NEXT = /^\/(?:_.*|404|500)$/;

interface NextTracer {
  withPropagatedContext(this: unknown, carrier: unknown, run: unknown, getter: unknown, isForced?: boolean): unknown;
  getActiveScopeSpan(this: unknown): Span | undefined;
  setRootSpanAttribute(this: unknown, key: string, value: unknown): void;
}

/** Makes the spans of Next children of ours, and takes the route and the error from them. */
export class NextInstrumentation extends InstrumentationBase {
  declare private tracers: TracerProvider;

  constructor(config = {}) {
    super('firstlight/next', FIRSTLIGHT_VERSION, config);
  }

  override setTracerProvider(tracers: TracerProvider): void {
    super.setTracerProvider(tracers);
    this.tracers = tracers;
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    const patch = (exports: { getTracer(): object }): unknown => {
      keepOurs(Object.getPrototypeOf(exports.getTracer()) as NextTracer);
      if (!isWrapped(this.tracers.getTracer)) this._wrap(this.tracers, 'getTracer', joiningNext);
      return exports;
    };
    const file = new InstrumentationNodeModuleFile('next/dist/server/lib/trace/tracer.js', VERSIONS, patch, () => {});
    return new InstrumentationNodeModuleDefinition('next', VERSIONS, undefined, undefined, [file]);
  }
}

/** Next asks for its tracer with every span. */
function joiningNext(getTracer: TracerProvider['getTracer']): TracerProvider['getTracer'] {
  let joining: Tracer | undefined;
  return function (this: TracerProvider, name, ...rest) {
    if (name !== 'next.js') return getTracer.call(this, name, ...rest);
    return (joining ??= joiningOurs(getTracer.call(this, name, ...rest)));
  };
}

/** Of what Next makes its spans with. */
function keepOurs(tracer: NextTracer): void {
  const { withPropagatedContext, getActiveScopeSpan, setRootSpanAttribute } = tracer;
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
  // Its outermost span gets the route when all is over, which may be after the answer.
  tracer.setRootSpanAttribute = function (key, value) {
    const exchange = activeExchange();
    if (exchange !== undefined && key === 'next.route' && !OF_NEXT.test(String(value))) exchange.route = String(value);
    return setRootSpanAttribute.call(this, key, value);
  };
}

function joiningOurs(tracer: Tracer): Tracer {
  const startSpan: Tracer['startSpan'] = (name, options = {}, parent = context.active()) => {
    const exchange = activeExchange();
    const { kind, attributes = {} } = options;
    if (exchange === undefined) {
      // What Next does while it starts is in nobody's trace.
      const isAlone =
        kind !== SpanKind.SERVER && !isSpanContextValid(trace.getSpanContext(parent) ?? INVALID_SPAN_CONTEXT);
      return isAlone ? trace.wrapSpanContext(INVALID_SPAN_CONTEXT) : tracer.startSpan(name, options, parent);
    }
    const type = attributes['next.span_type'];
    if (type === WHOLE_REQUEST) return new JoinedSpan(exchange);
    const span = tracer.startSpan(name, options, parent);
    return type === FETCH ? span : notingErrors(span, exchange);
  };
  const startActiveSpan = (name: string, options: SpanOptions, run: (span: Span) => unknown): unknown => {
    const span = startSpan(name, options);
    return context.with(trace.setSpan(context.active(), span), run, undefined, span);
  };
  return { startSpan, startActiveSpan: startActiveSpan as Tracer['startActiveSpan'] };
}

function notingErrors(span: Span, exchange: Exchange): Span {
  const { recordException } = span;
  span.recordException = (exception, time) => {
    exchange.error ??= exception;
    recordException.call(span, exception, time);
  };
  return span;
}
