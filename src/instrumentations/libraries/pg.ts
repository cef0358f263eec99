import { PgInstrumentation as Upstream } from '@opentelemetry/instrumentation-pg';
import type { Connections, Observe } from '../../observed.ts';
import { poolName } from './pool-name.ts';

interface Pool {
  readonly options: {
    readonly max?: number;
    readonly connectionString?: string;
    readonly host?: string;
    readonly port?: number;
    readonly database?: string;
  };
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly ended: boolean;
  readonly _clients?: readonly { readonly host?: string; readonly port?: number; readonly database?: string }[];
}

/** Upstream's spans. It counts the connections of all pools in one place, so that of two pools neither is right. */
export class PgInstrumentation extends Upstream {
  constructor(config: object, observed: Observe) {
    super(config);
    // Called with each pool that is used.
    Object.assign(this, {
      _setPoolConnectEventListeners: (pool: Pool) => observed?.().pool(pool, connectionsOf),
    });
  }
}

function connectionsOf({
  options,
  totalCount,
  idleCount,
  waitingCount,
  ended,
  _clients,
}: Pool): Connections | undefined {
  if (ended) return undefined;
  const client = _clients?.[0];
  return {
    name: client ? poolName(client.host, client.port, client.database) : nameBy(options),
    used: totalCount - idleCount,
    idle: idleCount,
    pending: waitingCount,
    ...(options.max !== undefined && { max: options.max }),
  };
}

/** Where a pool leads to that has no client. Undefined where its options leave it to the environment: a client will tell. */
function nameBy({ connectionString, host, port = 5432, database }: Pool['options']): string | undefined {
  if (connectionString !== undefined && URL.canParse(connectionString)) {
    const { hostname, port: given, pathname } = new URL(connectionString);
    return poolName(hostname, Number(given || 5432), decodeURIComponent(pathname.slice(1)));
  }
  return host !== undefined && database !== undefined ? poolName(host, port, database) : undefined;
}
