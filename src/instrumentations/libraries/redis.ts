import {
  InstrumentationNodeModuleDefinition as Definition,
  InstrumentationNodeModuleFile as File,
} from '@opentelemetry/instrumentation';
import { RedisInstrumentation as Upstream } from '@opentelemetry/instrumentation-redis';
import type { Observe, Observed } from '../../observed.ts';
import { NOT_COUNTED } from './lookups.ts';
import { connectionsOf, correctionBy, type Client, type Options, type Pool } from './redis-connections.ts';
import { noteCommand, noteOldCommand, type AddCommand, type OldCommand } from './redis-lookups.ts';
import { runAfter, runBefore } from './wrap-method.ts';

/** 1 is the client of node-redis 4. */
const VERSIONS = ['^1.0.0', '^5.0.0', '^6.0.0'];
const BEFORE_4 = ['>=2.6.0 <4'];

interface Prototype<T> {
  readonly prototype: T;
}
interface CommandsQueue {
  readonly default: Prototype<{ addCommand: AddCommand }>;
}
interface ClientFile {
  readonly default: Prototype<Client & { connect(...args: unknown[]): unknown }>;
}
interface PoolFile {
  readonly RedisClientPool: { create(client?: Options, options?: { readonly maximum?: number }): Pool };
}
interface Old {
  readonly RedisClient: Prototype<{ internal_send_command(command: OldCommand): unknown }>;
}

/** Upstream's spans; hits, misses and connections besides, whether there is a span or not. */
export class RedisInstrumentation extends Upstream {
  private readonly observed: Observe;

  constructor(config: object, observed: Observe) {
    super(config);
    this.observed = observed;
  }

  // Upstream has none of its own: it is made of two others.
  override init(): void {
    const definitions = ['@redis/client', '@node-redis/client'].map((name) => {
      const file = <E>(path: string, measure: (exports: E, observed: Observed) => void): File =>
        new File(`${name}/dist/lib/client/${path}.js`, VERSIONS, this.patch(measure), () => {});
      const files = [file('commands-queue', ofQueue), file('index', ofClient), file('pool', ofPool)];
      return new Definition(name, VERSIONS, undefined, undefined, files);
    });
    return [...definitions, new Definition('redis', BEFORE_4, this.patch(ofOld))] as never;
  }

  private patch<E>(measure: (exports: E, observed: Observed) => void): (exports: E) => E {
    return (exports) => {
      const observed = this.observed?.();
      if (observed !== undefined) measure(exports, observed);
      return exports;
    };
  }
}

const NOT_MEASURED = 'a client of redis is not measured';

function ofQueue(exports: CommandsQueue, observed: Observed): void {
  runAfter(exports.default.prototype, 'addCommand', NOT_COUNTED, noteCommand(observed.cache('redis')));
}

function ofClient(exports: ClientFile, observed: Observed): void {
  runBefore(exports.default.prototype, 'connect', NOT_MEASURED, (client) =>
    observed.pool(client._self ?? client, connectionsOf),
  );
}

function ofPool({ RedisClientPool }: PoolFile, observed: Observed): void {
  runAfter(RedisClientPool, 'create', NOT_MEASURED, (pool, [client, options]) =>
    observed.pool(pool._self ?? pool, correctionBy(client, options?.maximum ?? 100)),
  );
}

function ofOld({ RedisClient }: Old, observed: Observed): void {
  runBefore(RedisClient.prototype, 'internal_send_command', NOT_COUNTED, noteOldCommand(observed.cache('redis')));
}
