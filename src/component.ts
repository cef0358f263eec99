import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ViewOptions, IMetricReader } from '@opentelemetry/sdk-metrics';
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Outcome } from './delivery/outcome.ts';
import type { Destination } from './delivery/transport.ts';

/** One path of the admin server. */
export interface Route {
  readonly path: string;
  /**
   * `public`: anyone who reaches the port, as a scraper must. `private`: loopback peers while no token is set,
   * else whoever brings `FIRSTLIGHT_ADMIN_TOKEN` as a bearer token.
   */
  readonly access: 'public' | 'private';
  /** Called for GET and HEAD only; the server turns a throw or a rejection into a 500. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void> | void;
}

/** A part of the pipeline. Everything but the name is optional; `start.ts` joins the parts. */
export interface Component {
  readonly name: string;
  readonly spanProcessors?: readonly SpanProcessor[];
  readonly logRecordProcessors?: readonly LogRecordProcessor[];
  readonly metricReaders?: readonly IMetricReader[];
  readonly views?: readonly ViewOptions[];
  readonly routes?: readonly Route[];
  forceFlush?(): Promise<void>;
  shutdown?(): Promise<void>;
  /**
   * Called inside `exit`, when no event loop is left, in reverse order of start: what is undelivered, encoded. What is
   * under way is part of it, for nobody will hear the answer. Synchronous.
   */
  pending?(): readonly Delivery[];
}

/** Something encoded that waits to be sent. */
export interface Delivery {
  readonly to: Destination;
  readonly body: Uint8Array;
  /** Told once what became of it, by whoever sent it. */
  settle(outcome: Outcome): void;
}
