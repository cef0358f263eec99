import { InstrumentationNodeModuleDefinition, InstrumentationNodeModuleFile } from '@opentelemetry/instrumentation';
import type { Connections, Observe } from '../../observed.ts';
import { tellingOf } from './constructed.ts';
import { poolName } from './pool-name.ts';

interface Sized {
  readonly length: number;
}

/** Of mysql and of mysql2, which has its shape from there. */
interface Pool {
  readonly config: {
    readonly connectionLimit: number;
    readonly connectionConfig: {
      readonly host?: string;
      readonly port?: number;
      readonly database?: string;
      readonly socketPath?: string;
    };
  };
  readonly _allConnections: Sized;
  readonly _freeConnections: Sized;
  readonly _connectionQueue: Sized;
  readonly _closed: boolean;
}

/** Has the pools that the library makes watched. `observe` is asked when it is loaded: the base class defines before it is told. */
export function watchedPools(
  library: string,
  file: string,
  versions: string[],
  observe: () => Observe,
): InstrumentationNodeModuleDefinition {
  const patch = (exports: new () => Pool): new () => Pool => {
    const observed = observe()?.();
    return observed === undefined ? exports : tellingOf(exports, (pool) => observed.pool(pool, connectionsOf));
  };
  const files = [new InstrumentationNodeModuleFile(`${library}/lib/${file}`, versions, patch, () => {})];
  return new InstrumentationNodeModuleDefinition(library, versions, undefined, undefined, files);
}

function connectionsOf(pool: Pool): Connections | undefined {
  if (pool._closed) return undefined;
  const { connectionLimit, connectionConfig: at } = pool.config;
  return {
    name: at.socketPath ? poolName(at.socketPath, undefined, at.database) : poolName(at.host, at.port, at.database),
    used: pool._allConnections.length - pool._freeConnections.length,
    idle: pool._freeConnections.length,
    pending: pool._connectionQueue.length,
    // 0: as many as are asked for.
    ...(connectionLimit > 0 && { max: connectionLimit }),
  };
}
