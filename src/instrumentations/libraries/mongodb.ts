import { InstrumentationNodeModuleDefinition, InstrumentationNodeModuleFile } from '@opentelemetry/instrumentation';
import { MongoDBInstrumentation as Upstream } from '@opentelemetry/instrumentation-mongodb';
import type { Connections, Observe } from '../../observed.ts';
import { tellingOf } from './constructed.ts';
import { poolName } from './pool-name.ts';

const VERSIONS = ['>=4.0.0 <8'];

interface Pool {
  readonly closed: boolean;
  readonly address: string;
  readonly totalConnectionCount: number;
  readonly availableConnectionCount: number;
  readonly pendingConnectionCount?: number;
  readonly waitQueueSize: number;
  readonly options: { readonly maxPoolSize?: number };
}
interface Pools {
  ConnectionPool: new () => Pool;
}

/** Upstream's spans. What it counts as connections are sessions, and it names them all by the pool that was used last. */
export class MongoDBInstrumentation extends Upstream {
  private readonly observed: Observe;

  constructor(config: object, observed: Observe) {
    super(config);
    this.observed = observed;
    Object.assign(this, { _connCountAdd: () => {} });
  }

  override init(): InstrumentationNodeModuleDefinition[] {
    const patch = (exports: Pools): Pools => {
      const observed = this.observed?.();
      if (observed !== undefined)
        exports.ConnectionPool = tellingOf(exports.ConnectionPool, (pool) => observed.pool(pool, connectionsOf));
      return exports;
    };
    const file = new InstrumentationNodeModuleFile('mongodb/lib/cmap/connection_pool.js', VERSIONS, patch, () => {});
    return [
      ...super.init(),
      new InstrumentationNodeModuleDefinition('mongodb', VERSIONS, undefined, undefined, [file]),
    ];
  }
}

/** One for each server. Its connections belong to no database. */
function connectionsOf(pool: Pool): Connections | undefined {
  if (pool.closed) return undefined;
  const idle = pool.availableConnectionCount;
  const { maxPoolSize } = pool.options;
  return {
    name: poolName(pool.address, undefined, undefined),
    used: pool.totalConnectionCount - idle - (pool.pendingConnectionCount ?? 0),
    idle,
    pending: pool.waitQueueSize,
    ...(maxPoolSize !== undefined && maxPoolSize > 0 && { max: maxPoolSize }),
  };
}
