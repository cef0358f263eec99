import {
  context,
  INVALID_SPAN_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Histogram,
  type Span,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { InstrumentationBase, type InstrumentationConfig } from '@opentelemetry/instrumentation';
import { histogram } from '../metrics/instrument.ts';
import { withoutThrowing } from '../without-throwing.ts';
import { capturedHeaders, type CapturedHeader } from './captured-headers.ts';
import { failureOf } from './failure.ts';
import { measuredError } from './few.ts';
import { listen } from './listen.ts';
import { knownMethods, OTHER, reportedMethod, spanName } from './methods.ts';
import { contextHeaders } from './outgoing-headers.ts';
import { createSeries } from '../series.ts';
import { createOrigins, fullUrl, headerOf, setHeader, valuesOf, type Origin, type Request } from './undici-request.ts';

interface Response {
  readonly statusCode: number;
  readonly headers: readonly Buffer[];
}

interface Socket {
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly alpnProtocol?: string | false | null;
}

/** A request that is under way. */
interface Call {
  readonly span: Span;
  /** Milliseconds of `performance.now()`. */
  readonly start: number;
  readonly method: string;
  readonly origin: Origin;
  version: string | undefined;
  status: number | undefined;
  errorType: string | undefined;
}

interface Config extends InstrumentationConfig {
  readonly headersToSpanAttributes?: {
    readonly requestHeaders?: readonly string[];
    readonly responseHeaders?: readonly string[];
  };
  readonly requireParentforSpans?: boolean;
}

const CALL = Symbol('firstlight.call');
type Noted = Request & { [CALL]?: Call | undefined };

const methods = knownMethods();

/** Requests by `fetch` and undici, as its channels tell of them. */
export class UndiciInstrumentation extends InstrumentationBase<Config> {
  declare private duration: Histogram;
  declare private stops: (() => void)[] | undefined;
  private readonly originOf = createOrigins();
  private readonly seriesOf = createSeries(attributesOf);
  private readonly requestHeaders: readonly CapturedHeader[];
  private readonly responseHeaders: readonly CapturedHeader[];

  constructor(config: Config = {}) {
    super('firstlight/undici', FIRSTLIGHT_VERSION, config);
    this.requestHeaders = capturedHeaders('request', config.headersToSpanAttributes?.requestHeaders);
    this.responseHeaders = capturedHeaders('response', config.headersToSpanAttributes?.responseHeaders);
  }

  protected override init(): undefined {}

  override enable(): void {
    super.enable();
    this.stops ??= [
      this.on('undici:request:create', this.onCreate),
      this.on('undici:client:sendHeaders', this.onSend),
      this.on('undici:request:headers', this.onResponse),
      this.on('undici:request:trailers', this.onEnd),
      this.on('undici:request:error', this.onError),
    ];
  }

  override disable(): void {
    super.disable();
    for (const stop of this.stops ?? []) stop();
    this.stops = undefined;
  }

  /** `fetch` loads nothing by which it could be noticed: its first request does, when it is announced already. */
  missed(message: { readonly request: Noted }): void {
    this.onCreate(message);
  }

  protected override _updateMetricInstruments(): void {
    this.duration = histogram(this.meter, 'http.client.request.duration');
  }

  private on<M>(channel: string, listener: (this: UndiciInstrumentation, message: M) => void): () => void {
    return listen(channel, `${channel} could not be noted`, listener.bind(this));
  }

  private onCreate({ request }: { readonly request: Noted }): void {
    const parent = context.active();
    // Our own exports; and a tunnel is no request of the application.
    if (isTracingSuppressed(parent) || request.method === 'CONNECT') return;
    const method = reportedMethod(request.method, methods);
    const target = fullUrl(request);
    const origin = this.originOf(target.origin);
    const span =
      this.getConfig().requireParentforSpans === true && trace.getSpan(parent) === undefined
        ? trace.wrapSpanContext(INVALID_SPAN_CONTEXT)
        : this.tracer.startSpan(
            spanName(method),
            { kind: SpanKind.CLIENT, attributes: attributesOfSpan(request, method, target.url, origin) },
            parent,
          );
    for (const [name, value] of contextHeaders(trace.setSpan(parent, span))) setHeader(request, name, value);
    request[CALL] = {
      span,
      start: performance.now(),
      method,
      origin,
      version: undefined,
      status: undefined,
      errorType: undefined,
    };
    if (request.upgrade) this.watchUpgrade(request);
  }

  /** Of what is not HTTP any more no channel tells the end. */
  private watchUpgrade(request: Noted): void {
    const { onUpgrade } = request;
    if (onUpgrade === undefined) return;
    request.onUpgrade = (status, ...rest) => {
      withoutThrowing('an upgrade could not be noted', () => this.onUpgraded(request, status));
      return onUpgrade.call(request, status, ...rest);
    };
  }

  private onUpgraded(request: Noted, status: number): void {
    this.onResponse({ request, response: { statusCode: status, headers: [] } });
    this.onEnd({ request });
  }

  private onSend({ request, socket }: { readonly request: Noted; readonly socket: Socket }): void {
    const call = request[CALL];
    if (call === undefined) return;
    const { span } = call;
    call.version = socket.alpnProtocol === 'h2' ? '2' : '1.1';
    span.setAttribute('network.protocol.version', call.version);
    if (socket.remoteAddress !== undefined) span.setAttribute('network.peer.address', socket.remoteAddress);
    if (socket.remotePort !== undefined) span.setAttribute('network.peer.port', socket.remotePort);
    for (const { name, attribute } of this.requestHeaders) {
      const values = headerOf(request, name);
      if (values !== undefined) span.setAttribute(attribute, values);
    }
  }

  private onResponse({ request, response }: { readonly request: Noted; readonly response: Response }): void {
    const call = request[CALL];
    if (call === undefined) return;
    call.status = response.statusCode;
    call.span.setAttribute('http.response.status_code', response.statusCode);
    if (response.statusCode >= 400) {
      call.errorType = String(response.statusCode);
      call.span.setAttribute('error.type', call.errorType);
      call.span.setStatus({ code: SpanStatusCode.ERROR });
    }
    if (this.responseHeaders.length === 0) return;
    const headers = response.headers.map(String);
    for (const { name, attribute } of this.responseHeaders) {
      const values = valuesOf(headers, name);
      if (values.length > 0) call.span.setAttribute(attribute, values);
    }
  }

  private onEnd({ request }: { readonly request: Noted }): void {
    const call = request[CALL];
    if (call === undefined) return;
    // Not deleted: an object that loses a property is copied into a slower one.
    request[CALL] = undefined;
    call.span.end();
    this.duration.record((performance.now() - call.start) / 1000, this.seriesOf(textOf(call), call));
  }

  private onError({ request, error }: { readonly request: Noted; readonly error: unknown }): void {
    const call = request[CALL];
    if (call !== undefined && !isGivenUp(error)) {
      const { type, code = type, message, exception } = failureOf(error);
      call.errorType = measuredError(code);
      call.span.setAttribute('error.type', code);
      call.span.recordException(exception);
      call.span.setStatus({ code: SpanStatusCode.ERROR, message });
    }
    this.onEnd({ request });
  }
}

function attributesOfSpan(request: Request, method: string, url: string, { host, port }: Origin): Attributes {
  const attributes: Attributes = {
    'http.request.method': method,
    'url.full': url,
    'server.address': host,
    'server.port': port,
    'user_agent.original': headerOf(request, 'user-agent')?.at(-1),
  };
  if (method === OTHER) attributes['http.request.method_original'] = request.method;
  return attributes;
}

/** Who gives a request up has not failed. Where he gives a reason, that comes instead, and could be any error. */
const isGivenUp = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

const textOf = ({ method, origin: { scheme, measured }, status, version, errorType }: Call): string =>
  `${method}\n${scheme}\n${measured['server.address']}\n${measured['server.port']}\n${status}\n${version}\n${errorType}`;

function attributesOf({ method, origin: { scheme, measured }, status, version, errorType }: Call): Attributes {
  const attributes: Attributes = {
    'http.request.method': method,
    'url.scheme': scheme,
    ...measured,
  };
  if (version !== undefined) attributes['network.protocol.version'] = version;
  if (status !== undefined) attributes['http.response.status_code'] = status;
  if (errorType !== undefined) attributes['error.type'] = errorType;
  return attributes;
}
