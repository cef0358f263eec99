import type { InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { MySQL2Instrumentation as Upstream } from '@opentelemetry/instrumentation-mysql2';
import type { Observe } from '../../observed.ts';
import { watchedPools } from './mysql-pool.ts';

const VERSIONS = ['>=1.4.2 <4'];

/** Upstream's spans; the connections of pools besides. The pools of promises are made of these. */
export class MySQL2Instrumentation extends Upstream {
  private readonly observed: Observe;

  constructor(config: object, observed: Observe) {
    super(config);
    this.observed = observed;
  }

  override init(): InstrumentationNodeModuleDefinition[] {
    return [...super.init(), watchedPools('mysql2', 'pool.js', VERSIONS, () => this.observed)];
  }
}
