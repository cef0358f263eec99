import { InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { MemcachedInstrumentation as Upstream } from '@opentelemetry/instrumentation-memcached';
import type { Lookups, Observe } from '../../observed.ts';
import { withoutThrowing } from '../../without-throwing.ts';
import { NOT_COUNTED } from './lookups.ts';
import { runBefore } from './wrap-method.ts';

const VERSIONS = ['>=2.2.0 <3'];
const METHODS = ['get', 'gets', 'getMulti'] as const;

type Callback = (error: unknown, found: unknown) => void;
type Get = (keys: unknown, callback: Callback) => unknown;
interface Memcached {
  readonly prototype: Record<(typeof METHODS)[number], Get>;
}

/** Upstream's spans; hits and misses besides, whether there is a span or not. */
export class MemcachedInstrumentation extends Upstream {
  private readonly observed: Observe;

  constructor(config: object, observed: Observe) {
    super(config);
    this.observed = observed;
  }

  override init(): InstrumentationNodeModuleDefinition[] {
    const patch = (exports: Memcached): Memcached => {
      const lookups = this.observed?.().cache('memcached');
      if (lookups === undefined) return exports;
      for (const name of METHODS) {
        runBefore(exports.prototype, name, NOT_COUNTED, (_client, args) => {
          const [keys, callback] = args;
          if (typeof callback === 'function') args[1] = countedCallback(keys, callback, lookups);
        });
      }
      return exports;
    };
    return [new InstrumentationNodeModuleDefinition('memcached', VERSIONS, patch), ...super.init()];
  }
}

/** `get` of several keys calls `getMulti`, which must not count them once more. */
const seen = new WeakSet<Callback>();

function countedCallback(keys: unknown, callback: Callback, lookups: Lookups): Callback {
  if (seen.has(callback)) return callback;
  const counting: Callback = function (this: unknown, error, found) {
    if (!error) withoutThrowing(NOT_COUNTED, count, keys, found, lookups);
    callback.call(this, error, found);
  };
  seen.add(counting);
  return counting;
}

function count(keys: unknown, found: unknown, lookups: Lookups): void {
  if (Array.isArray(keys)) {
    const values = found ?? {};
    for (const key of keys) {
      if (Object.hasOwn(values, String(key))) lookups.hits++;
      else lookups.misses++;
    }
  } else if (found === undefined) lookups.misses++;
  else lookups.hits++;
}
