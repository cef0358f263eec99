import { InstrumentationNodeModuleDefinition, InstrumentationNodeModuleFile } from '@opentelemetry/instrumentation';
import { MySQLInstrumentation as Upstream } from '@opentelemetry/instrumentation-mysql';
import type { Observe } from '../../observed.ts';
import { tellingOf } from './constructed.ts';
import { connectionsOf, type Pool } from './mysql-pool.ts';

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
    const patch = (exports: new () => Pool): new () => Pool => {
      const observed = this.observed?.();
      return observed === undefined ? exports : tellingOf(exports, (pool) => observed.pool(pool, connectionsOf));
    };
    const file = new InstrumentationNodeModuleFile('mysql/lib/Pool.js', VERSIONS, patch, () => {});
    return [...super.init(), new InstrumentationNodeModuleDefinition('mysql', VERSIONS, undefined, undefined, [file])];
  }
}
