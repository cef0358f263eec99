import type { InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { MySQLInstrumentation as Upstream } from '@opentelemetry/instrumentation-mysql';
import type { Observe } from '../../observed.ts';
import { watchedPools } from './mysql-pool.ts';

const VERSIONS = ['>=2.0.0 <3'];

/** Upstream's spans. It counts connections by events, never sees one destroyed, and names the pool by its user. */
export class MySQLInstrumentation extends Upstream {
  private readonly observed: Observe;

  constructor(config: object, observed: Observe) {
    super(config);
    this.observed = observed;
    Object.assign(this, { _connCountAdd: () => {} });
  }

  override init(): InstrumentationNodeModuleDefinition[] {
    return [...super.init(), watchedPools('mysql', 'Pool.js', VERSIONS, () => this.observed)];
  }
}
