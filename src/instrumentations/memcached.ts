import { InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { MemcachedInstrumentation as Upstream } from '@opentelemetry/instrumentation-memcached';
import type { Lookups, Observed } from '../observed.ts';
import { wrapMethod } from './wrap-method.ts';

const VERSIONS = ['>=2.2.0 <3'];
const METHODS = ['get', 'gets', 'getMulti'] as const;

type Callback = (error: unknown, found: unknown) => void;
type Get = (keys: unknown, callback: Callback) => unknown;
interface Memcached {
  readonly prototype: Record<(typeof METHODS)[number], Get>;
}

/** Upstream's spans; hits and misses besides, whether there is a span or not. */
export class MemcachedInstrumentation extends Upstream {
  private readonly observed: () => Observed;

  constructor(config: object, observed: () => Observed) {
    super(config);
    this.observed = observed;
  }

  override init(): InstrumentationNodeModuleDefinition[] {
    const patch = (exports: Memcached): Memcached => {
      const lookups = this.observed().cache('memcached');
      for (const name of METHODS) wrapMethod(exports.prototype, name, (original) => counted(original, lookups));
      return exports;
    };
    return [new InstrumentationNodeModuleDefinition('memcached', VERSIONS, patch), ...super.init()];
  }
}

const counted = (original: Get, lookups: Lookups): Get =>
  function (this: unknown, keys, callback) {
    const counting = typeof callback === 'function' ? countedCallback(keys, callback, lookups) : callback;
    return original.call(this, keys, counting);
  };

/** `get` of several keys calls `getMulti`, which must not count them once more. */
const seen = new WeakSet<Callback>();

function countedCallback(keys: unknown, callback: Callback, lookups: Lookups): Callback {
  if (seen.has(callback)) return callback;
  const counting: Callback = function (this: unknown, error, found) {
    if (!error) count(keys, found, lookups);
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
