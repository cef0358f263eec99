import type { OtlpExporterPlan } from '../config/pipeline.ts';
import type { Outcome } from './outcome.ts';

export type Signal = 'traces' | 'metrics' | 'logs';

/** Where something goes, as plain data: it must survive the way into another process. */
export interface Destination {
  readonly signal: Signal;
  readonly plan: OtlpExporterPlan;
}

/** Requests to one destination at once, so that one that hangs does not stop the rest. */
export const PARALLEL = 8;

/** Carries encoded requests to one destination. */
export interface Transport {
  /** Never rejects, and settles after the timeout of the transport at the latest. */
  send(body: Uint8Array): Promise<Outcome>;
  /** Lets go of its connections. */
  close(): void;
}
