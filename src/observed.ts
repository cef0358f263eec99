/**
 * What is measured of libraries where no span tells it, or only those of sampled traces. `start.ts` hands it to the
 * instrumentations; src/metrics/observers.ts measures.
 */
import type { Attributes } from '@opentelemetry/api';

export interface Observed {
  /** `type`: redis, memcached, … Whoever looks something up adds to what this returns. */
  cache(type: string): Lookups;
  /** Watches a pool until nobody else has it. `read` is called when somebody asks for metrics, and may throw. */
  pool<P extends object>(pool: P, read: (pool: P) => Connections | undefined): void;
  /** Asks for depths whenever somebody asks for metrics, until the source is gone. Returns what ends it before. */
  depth(source: DepthSource): () => void;
  /** The same for the lag of consumer groups; `read` is cheap. */
  lag(read: () => Iterable<Lag>): () => void;
  /** A message was given up. `queue` where it is known. */
  deadLetter(system: string, queue: string | undefined, count?: number): void;
}

/** Made when the first asks for it; undefined where nobody reads metrics: nothing is then to be patched for them. */
export type Observe = (() => Observed) | undefined;

/** Plain numbers, observed when somebody asks: a look-up pays for an addition. */
export interface Lookups {
  hits: number;
  misses: number;
}

export interface Connections {
  /** `host:port/database`; undefined while it is not known, and then nothing is told. */
  readonly name: string | undefined;
  readonly used: number;
  readonly idle: number;
  /** Absent where there is no limit. */
  readonly max?: number;
  readonly pending?: number;
}

export interface Depth {
  readonly attributes: Attributes;
  readonly messages: number;
}

export interface DepthSource {
  /** May reject and may hang: what does not answer in time is left out. */
  read(): readonly Depth[] | Promise<readonly Depth[]>;
  /** Whether there is nothing left to ask: it is then forgotten, also where nobody asks for metrics. */
  isGone?(): boolean;
  /** Told what was wrong with an answer. */
  failed(cause: unknown): void;
  /** Milliseconds for which an answer is good; default: it is asked each time. */
  readonly lasts?: number;
}

export interface Lag {
  readonly queue: string;
  readonly group: string;
  readonly messages: number;
}
