import { InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { IORedisInstrumentation as Upstream } from '@opentelemetry/instrumentation-ioredis';
import type { Connections, Observe } from '../../observed.ts';
import { countReply, isAnnounced, isLookup, NOT_COUNTED } from './lookups.ts';
import { poolName } from './pool-name.ts';
import { runBefore } from './wrap-method.ts';

const VERSIONS = ['>=2.0.0 <7'];

interface Redis {
  readonly status: string;
  readonly options: { readonly host?: string; readonly port?: number; readonly path?: string; readonly db?: number };
}
interface RedisClass {
  readonly prototype: Redis & { connect(...args: unknown[]): unknown };
  readonly Command: { readonly prototype: { readonly name: string; transformReply(reply: unknown): unknown } };
}

/** Upstream's spans; hits, misses and connections besides, whether there is a span or not. */
export class IORedisInstrumentation extends Upstream {
  private readonly observed: Observe;

  constructor(config: object, observed: Observe) {
    super(config);
    this.observed = observed;
  }

  override init(): InstrumentationNodeModuleDefinition[] {
    const patch = (exports: RedisClass): RedisClass => {
      const observed = this.observed?.();
      if (observed === undefined) return exports;
      const lookups = observed.cache('redis');
      // Every reply comes here once, those of pipelines and transactions too; of the latter each is announced before.
      runBefore(exports.Command.prototype, 'transformReply', NOT_COUNTED, ({ name }, [reply]) => {
        if (isLookup(name) && !isAnnounced(reply)) countReply(lookups, reply);
      });
      runBefore(exports.prototype, 'connect', 'a client of ioredis is not measured', (client) =>
        observed.pool(client, connectionsOf),
      );
      return exports;
    };
    return [new InstrumentationNodeModuleDefinition('ioredis', VERSIONS, patch), ...super.init()];
  }
}

/** A client is one connection: it has no limit, and none of it is idle. */
function connectionsOf({ status, options: { host, port, path, db } }: Redis): Connections | undefined {
  if (status === 'end') return undefined;
  const name = path ? poolName(path, undefined, db) : poolName(host, port, db);
  return { name, used: status === 'ready' ? 1 : 0, idle: 0 };
}
