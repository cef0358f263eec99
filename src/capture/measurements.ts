/** The metrics of server requests, by the semantic conventions of HTTP. */
import type { Attributes, Meter, ObservableResult } from '@opentelemetry/api';
import { histogram, observable } from '../metrics/instrument.ts';
import type { Answer } from './capture.ts';
import type { Exchange } from './exchange.ts';
import { measuredError } from './few.ts';
import { createSeries } from '../series.ts';

export interface Measurements {
  begin(method: string, scheme: string): void;
  end(exchange: Exchange, answer: Answer, errorType: string | undefined): void;
}

/** What makes a series. */
interface Outcome {
  readonly exchange: Exchange;
  readonly status: number | undefined;
  readonly errorType: string | undefined;
}

export function createMeasurements(meter: Meter, durationBounds: readonly number[]): Measurements {
  const duration = histogram(meter, 'http.server.request.duration', durationBounds);
  const received = histogram(meter, 'http.server.request.body.size');
  const sent = histogram(meter, 'http.server.response.body.size');
  const active = countActive(meter);
  const seriesOf = createSeries(attributesOf);

  return {
    begin: (method, scheme) => active(method, scheme, 1),
    end(exchange, answer, errorType) {
      active(exchange.method, exchange.scheme, -1);
      const outcome = { exchange, status: answer.status, errorType: errorType && measuredError(errorType) };
      const attributes = seriesOf(textOf(outcome), outcome);
      // An exemplar is of the trace in this context, not of what happens to be active.
      const { context } = exchange;
      duration.record((performance.now() - exchange.start) / 1000, attributes, context);
      if (answer.received !== undefined) received.record(answer.received, attributes, context);
      if (answer.sent !== undefined) sent.record(answer.sent, attributes, context);
    },
  };
}

/** Counted here and observed when somebody asks: a request pays for an addition. */
function countActive(meter: Meter): (method: string, scheme: string, change: number) => void {
  const counts = new Map<string, { readonly attributes: Attributes; count: number }>();
  observable(meter, 'http.server.active_requests').addCallback((result: ObservableResult) => {
    for (const { attributes, count } of counts.values()) result.observe(count, attributes);
  });
  return (method, scheme, change) => {
    const key = scheme + method;
    const known = counts.get(key);
    if (known !== undefined) known.count += change;
    else counts.set(key, { attributes: { 'http.request.method': method, 'url.scheme': scheme }, count: change });
  };
}

/** The name of an error may hold anything, so it comes last. */
const textOf = ({ exchange: { method, scheme, version, route = '' }, status = 0, errorType = '' }: Outcome): string =>
  `${method}\n${scheme}\n${version}\n${status}\n${route}\n${errorType}`;

function attributesOf({ exchange: { method, scheme, version, route }, status, errorType }: Outcome): Attributes {
  const attributes: Attributes = { 'http.request.method': method, 'url.scheme': scheme };
  if (version !== '') attributes['network.protocol.version'] = version;
  if (route !== undefined) attributes['http.route'] = route;
  if (status !== undefined) attributes['http.response.status_code'] = status;
  if (errorType !== undefined) attributes['error.type'] = errorType;
  return attributes;
}
