/** What is not measured but made of what was, when somebody asks. */
import type { Attributes } from '@opentelemetry/api';
import type { Buckets } from './buckets.ts';
import type { Collected } from './collected.ts';
import type { Exemplars } from './exemplars.ts';

export interface Derived {
  /** As it is served. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** The keys are the same objects every time. */
  readonly series: ReadonlyMap<Attributes, number | Buckets>;
  readonly exemplars?: ReadonlyMap<Attributes, Exemplars>;
}

export type Derive = (metrics: Collected['scopeMetrics']) => Iterable<Derived>;
