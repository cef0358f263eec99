import { InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { IORedisInstrumentation as Upstream } from '@opentelemetry/instrumentation-ioredis';
import type { Connections, Lookups, Observed } from '../observed.ts';
import { countReply, isLookup } from './lookups.ts';
import { poolName } from './pool-name.ts';
import { wrapMethod } from './wrap-method.ts';

const VERSIONS = ['>=2.0.0 <7'];

interface Redis {
  readonly status: string;
  readonly options: { readonly host?: string; readonly port?: number; readonly path?: string; readonly db?: number };
}
type Transform = (this: { readonly name: string }, reply: unknown) => unknown;
interface RedisClass {
  readonly prototype: Redis & { connect(...args: unknown[]): unknown };
  readonly Command: { readonly prototype: { transformReply: Transform } };
}

/** Upstream's spans; hits, misses and connections besides, whether there is a span or not. */
export class IORedisInstrumentation extends Upstream {
  private readonly observed: () => Observed;

  constructor(config: object, observed: () => Observed) {
    super(config);
    this.observed = observed;
  }

  override init(): InstrumentationNodeModuleDefinition[] {
    const patch = (exports: RedisClass): RedisClass => {
      const observed = this.observed();
      wrapMethod(exports.Command.prototype, 'transformReply', (original) => counted(original, observed.cache('redis')));
      wrapMethod(
        exports.prototype,
        'connect',
        (original) =>
          function (this: Redis, ...args) {
            observed.pool(this, connectionsOf);
            return original.apply(this as never, args);
          },
      );
      return exports;
    };
    return [new InstrumentationNodeModuleDefinition('ioredis', VERSIONS, patch), ...super.init()];
  }
}

/** Every reply comes here once, those of pipelines and transactions too; of the latter each is announced before. */
const counted = (original: Transform, lookups: Lookups): Transform =>
  function (reply) {
    if (isLookup(this.name) && !isAnnounced(reply)) countReply(lookups, reply);
    return original.call(this, reply);
  };

const isAnnounced = (reply: unknown): boolean =>
  reply === 'QUEUED' || (reply instanceof Buffer && reply.length === 6 && reply.toString('latin1') === 'QUEUED');

/** A client is one connection: it has no limit, and none of it is idle. */
function connectionsOf({ status, options: { host, port, path, db } }: Redis): Connections | undefined {
  if (status === 'end') return undefined;
  const name = path ? poolName(path, undefined, db) : poolName(host, port, db);
  return { name, used: status === 'ready' ? 1 : 0, idle: 0 };
}
