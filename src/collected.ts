/** Metrics on their way from what measures to what serves them. */
import type { Resource } from '@opentelemetry/resources';
import type { ScopeMetrics } from '@opentelemetry/sdk-metrics';

export interface Collected {
  readonly resource: Resource;
  /** Cumulative. Plain data: processes and threads hand it to each other. */
  readonly scopeMetrics: readonly ScopeMetrics[];
  /** Of observable callbacks, and of others that did not answer. */
  readonly errors: readonly unknown[];
}

/** Collects once; after `timeout` ms with what there is by then. Rejects only where nothing can be collected any more. */
export type Collect = (timeout: number) => Promise<Collected>;

/** What may be on a data point besides what the SDK puts there. */
export interface Marks {
  /** Tells the series of a metric apart, the same in every process. */
  readonly series?: string;
  /** The last measurement within a sampled span: one for each bucket of a histogram, or a single one. */
  readonly exemplars?: readonly (Exemplar | undefined)[];
}

export interface Exemplar {
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly traceId: string;
  readonly spanId: string;
}
