import { createContextKey, type Context, type Span } from '@opentelemetry/api';
import type { Exchange } from './exchange.ts';

/** By these names the API finds its own: keys are symbols of the registry, for there may be several copies of it. */
const SPAN = createContextKey('OpenTelemetry Context Key SPAN');
const RPC_METADATA = createContextKey('OpenTelemetry SDK Context Key RPC_METADATA');

/**
 * The context of a request and of the spans below it: what is in the map of an ordinary context is a field here, which
 * saves three copies of a map for every request, and one for every span.
 */
export class RequestContext implements Context {
  readonly parent: Context;
  readonly exchange: Exchange;
  readonly span: Span;

  constructor(parent: Context, exchange: Exchange, span: Span) {
    this.parent = parent;
    this.exchange = exchange;
    this.span = span;
  }

  getValue(key: symbol): unknown {
    if (key === SPAN) return this.span;
    if (key === RPC_METADATA) return this.exchange;
    return this.parent.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    if (key === SPAN) return new RequestContext(this.parent, this.exchange, value as Span);
    return this.flat().setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.flat().deleteValue(key);
  }

  private flat(): Context {
    return this.parent.setValue(RPC_METADATA, this.exchange).setValue(SPAN, this.span);
  }
}
