import {
  INVALID_SPAN_CONTEXT,
  trace,
  type Attributes,
  type AttributeValue,
  type Link,
  type Span,
  type SpanContext,
  type SpanStatus,
  type TimeInput,
} from '@opentelemetry/api';
import type { Exchange } from '../exchange.ts';

/** What we say ourselves, by the names of today, and what is of no use. */
const UNWANTED = /^(?:http\.(?:method|target|status_code|route)|next\.(?:bubble|route|span_name))$/;
const NOTHING = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/** The span of a request as a framework gets it that would make one of its own: it can neither name it nor end it. */
export class JoinedSpan implements Span {
  private readonly exchange: Exchange;

  constructor(exchange: Exchange) {
    this.exchange = exchange;
  }

  /** The answer may have ended before the framework has. */
  private get open(): Span {
    return this.exchange.ended ? NOTHING : this.exchange.span;
  }

  spanContext(): SpanContext {
    return this.exchange.span.spanContext();
  }

  isRecording(): boolean {
    return this.open.isRecording();
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (!UNWANTED.test(key)) this.open.setAttribute(key, value);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const key in attributes) this.setAttribute(key, attributes[key]);
    return this;
  }

  addEvent(name: string, attributes?: Attributes | TimeInput, time?: TimeInput): this {
    this.open.addEvent(name, attributes, time);
    return this;
  }

  addLink(link: Link): this {
    this.open.addLink(link);
    return this;
  }

  addLinks(links: Link[]): this {
    this.open.addLinks(links);
    return this;
  }

  setStatus(status: SpanStatus): this {
    this.open.setStatus(status);
    return this;
  }

  recordException(exception: unknown): void {
    this.exchange.error ??= exception;
  }

  updateName(): this {
    return this;
  }

  end(): void {}
}
