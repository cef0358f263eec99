import {
  InstrumentationNodeModuleDefinition as Definition,
  InstrumentationNodeModuleFile as File,
} from '@opentelemetry/instrumentation';
import { RedisInstrumentation as Upstream } from '@opentelemetry/instrumentation-redis';
import type { Connections, Lookups, Observed } from '../observed.ts';
import { countReply, isLookup } from './lookups.ts';
import { poolName } from './pool-name.ts';
import { wrapMethod } from './wrap-method.ts';

/** 1 is the client of node-redis 4. */
const VERSIONS = ['^1.0.0', '^5.0.0', '^6.0.0'];
const BEFORE_4 = ['>=2.6.0 <4'];

type AddCommand = (args: readonly unknown[], options?: { readonly chainId?: symbol }) => Promise<unknown>;
interface Options {
  readonly url?: string;
  readonly socket?: { readonly host?: string; readonly port?: number; readonly path?: string };
  readonly database?: number;
}
interface Client {
  /** What is underneath, where this is one of several faces of a client. */
  readonly _self?: Client;
  readonly isReady: boolean;
  readonly options?: Options;
}
interface Pool {
  readonly _self?: Pool;
  readonly isOpen: boolean;
  readonly idleClients: number;
  readonly tasksQueueLength: number;
}
interface OldCommand {
  readonly command: string;
  callback?: (error: unknown, reply: unknown) => void;
}

/** Upstream's spans; hits, misses and connections besides, whether there is a span or not. */
export class RedisInstrumentation extends Upstream {
  private readonly observed: () => Observed;

  constructor(config: object, observed: () => Observed) {
    super(config);
    this.observed = observed;
  }

  // Upstream has none of its own: it is made of two others.
  override init(): void {
    const definitions = ['@redis/client', '@node-redis/client'].map((name) => {
      const files = [this.queue(name), this.client(name), this.pool(name)];
      return new Definition(name, VERSIONS, undefined, undefined, files);
    });
    const old = new Definition('redis', BEFORE_4, (exports: { readonly RedisClient: { prototype: object } }) => {
      const lookups = this.observed().cache('redis');
      const prototype = exports.RedisClient.prototype as { internal_send_command(command: OldCommand): unknown };
      wrapMethod(prototype, 'internal_send_command', (original) => countedCallback(original, lookups));
      return exports;
    });
    return [...definitions, old] as never;
  }

  private queue(name: string): File {
    return new File(
      `${name}/dist/lib/client/commands-queue.js`,
      VERSIONS,
      (exports: { default: { prototype: { addCommand: AddCommand } } }) => {
        const lookups = this.observed().cache('redis');
        wrapMethod(exports.default.prototype, 'addCommand', (original) => counted(original, lookups));
        return exports;
      },
      () => {},
    );
  }

  private client(name: string): File {
    return new File(
      `${name}/dist/lib/client/index.js`,
      VERSIONS,
      (exports: { default: { prototype: Client & { connect(...args: unknown[]): unknown } } }) => {
        const observed = this.observed();
        wrapMethod(
          exports.default.prototype,
          'connect',
          (original) =>
            function (this: Client, ...args) {
              observed.pool(this._self ?? this, connectionsOf);
              return original.apply(this as never, args);
            },
        );
        return exports;
      },
      () => {},
    );
  }

  private pool(name: string): File {
    return new File(
      `${name}/dist/lib/client/pool.js`,
      VERSIONS,
      (exports: { RedisClientPool: { create(client?: Options, options?: { readonly maximum?: number }): Pool } }) => {
        const observed = this.observed();
        wrapMethod(exports.RedisClientPool, 'create', (original) => {
          return function (client, options) {
            const pool = original.call(exports.RedisClientPool, client, options);
            observed.pool(pool._self ?? pool, correctionBy(client, options?.maximum ?? 100));
            return pool;
          };
        });
        return exports;
      },
      () => {},
    );
  }
}

/** What a transaction has looked up, until its EXEC answers for all of it. */
const transactions = new WeakMap<symbol, unknown[]>();

/** Every command comes here once, those of pipelines and transactions too. */
const counted = (original: AddCommand, lookups: Lookups): AddCommand =>
  function (this: unknown, args, options) {
    const reply = original.call(this, args, options);
    const command = args[0];
    if (options?.chainId !== undefined && isOfTransaction(options.chainId, command, reply, lookups)) return reply;
    if (isLookup(command)) reply.then((value) => countReply(lookups, value), ignore);
    return reply;
  };

function isOfTransaction(id: symbol, command: unknown, reply: Promise<unknown>, lookups: Lookups): boolean {
  if (command === 'MULTI') transactions.set(id, []);
  const commands = transactions.get(id);
  if (commands === undefined || command === 'MULTI') return false;
  if (command !== 'EXEC') commands.push(command);
  else {
    reply.then((replies) => countReplies(lookups, commands, replies), ignore);
  }
  return true;
}

/** Instead of a list there is null where the transaction was not carried out. */
function countReplies(lookups: Lookups, commands: readonly unknown[], replies: unknown): void {
  if (!Array.isArray(replies)) return;
  replies.forEach((reply, index) => {
    if (isLookup(commands[index]) && !(reply instanceof Error)) countReply(lookups, reply);
  });
}

const ignore = (): void => {};

const countedCallback = (original: (command: OldCommand) => unknown, lookups: Lookups) =>
  function (this: unknown, command: OldCommand): unknown {
    const { callback } = command;
    if (isLookup(command.command) && callback !== undefined) {
      command.callback = function (this: unknown, error, reply) {
        // A command within a transaction is announced; its value comes by other ways.
        if (!error && String(reply) !== 'QUEUED') countReply(lookups, reply);
        callback.call(this, error, reply);
      };
    }
    return original.call(this, command);
  };

const nameOf = ({ socket, database }: Options): string =>
  socket?.path
    ? poolName(socket.path, undefined, database)
    : poolName(socket?.host, socket?.port ?? 6379, database ?? 0);

/** A client is one connection: it has no limit, and none of it is idle. */
const connectionsOf = ({ isReady, options = {} }: Client): Connections => ({
  name: nameOf(options),
  used: isReady ? 1 : 0,
  idle: 0,
});

/** The clients of a pool are clients as others are: it knows which of them are idle. */
function correctionBy(options: Options = {}, max: number): (pool: Pool) => Connections | undefined {
  const { hostname, port, pathname } = new URL(options.url ?? 'redis://localhost');
  const ofUrl = { socket: { host: hostname, port: Number(port || 6379) }, database: Number(pathname.slice(1)) };
  const name = nameOf(options.url === undefined ? options : { ...ofUrl, ...options });
  return ({ isOpen, idleClients, tasksQueueLength }) =>
    isOpen ? { name, used: -idleClients, idle: idleClients, max, pending: tasksQueueLength } : undefined;
}
