/** Metrics on their way from what measures to what serves them. */
import type { Resource } from '@opentelemetry/resources';
import type { ScopeMetrics } from '@opentelemetry/sdk-metrics';

export interface Collected {
  readonly resource: Resource;
  /** Cumulative. Plain data: processes and threads hand it to each other. */
  readonly scopeMetrics: readonly ScopeMetrics[];
}

/** Collects once; after `timeout` ms with what there is by then. Rejects only where nothing can be collected any more. */
export type Collect = (timeout: number) => Promise<Collected>;

export interface Collecting {
  readonly collect: Collect;
  /** The same at once, without what asynchronous callbacks would observe: for the end of a process or thread. */
  collectNow(): Collected;
}

/** Whoever wants to know what the threads of this process have measured, each under its number. */
export interface ThreadsHeard {
  heard(thread: number, scopeMetrics: readonly ScopeMetrics[]): void;
  gone(thread: number): void;
}

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
