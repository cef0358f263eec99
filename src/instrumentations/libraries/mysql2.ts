import { InstrumentationNodeModuleDefinition, InstrumentationNodeModuleFile } from '@opentelemetry/instrumentation';
import { MySQL2Instrumentation as Upstream } from '@opentelemetry/instrumentation-mysql2';
import type { Observe } from '../../observed.ts';
import { tellingOf } from './constructed.ts';
import { connectionsOf, type Pool } from './mysql-pool.ts';

const VERSIONS = ['>=1.4.2 <4'];

/** Upstream's spans; the connections of pools besides. The pools of promises are made of these. */
export class MySQL2Instrumentation extends Upstream {
  private readonly observed: Observe;

  constructor(config: object, observed: Observe) {
    super(config);
    this.observed = observed;
  }

  override init(): InstrumentationNodeModuleDefinition[] {
    const patch = (exports: new () => Pool): new () => Pool => {
      const observed = this.observed?.();
      return observed === undefined ? exports : tellingOf(exports, (pool) => observed.pool(pool, connectionsOf));
    };
    const file = new InstrumentationNodeModuleFile('mysql2/lib/pool.js', VERSIONS, patch, () => {});
    return [...super.init(), new InstrumentationNodeModuleDefinition('mysql2', VERSIONS, undefined, undefined, [file])];
  }
}
