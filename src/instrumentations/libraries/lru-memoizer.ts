import { context } from '@opentelemetry/api';
import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import type { Lookups, Observe } from '../../observed.ts';

const VERSIONS = ['>=1.3 <4'];

type Call = (...args: unknown[]) => unknown;
interface Options {
  readonly load: Call;
  readonly disable?: boolean;
}
type Memoizer = (options: Options) => Call;
type Memoizers = Memoizer & { sync: Memoizer };

/**
 * Who waits for a value goes on in its own context, and hits and misses are counted: a hit is what was answered without
 * the loader. Not made of upstream's, which leaves a memoizer without its methods.
 */
export class LruMemoizerInstrumentation extends InstrumentationBase {
  private readonly observed: Observe;

  constructor(config: object, observed: Observe) {
    super('firstlight/lru-memoizer', FIRSTLIGHT_VERSION, config);
    this.observed = observed;
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const patch = (exports: Memoizers): Memoizers => {
      const lookups = this.observed?.().cache('lru-memoizer') ?? { hits: 0, misses: 0 };
      const sync = counted(exports.sync, lookups, (args) => args);
      return Object.assign(counted(exports, lookups, inContext), exports, { sync });
    };
    return [new InstrumentationNodeModuleDefinition('lru-memoizer', VERSIONS, patch)];
  }
}

/** The last argument is who waits for the value. */
const inContext = (args: readonly unknown[]): readonly unknown[] => {
  const callback = args.at(-1);
  return typeof callback === 'function' ? [...args.slice(0, -1), context.bind(context.active(), callback)] : args;
};

/** The loader is called within the call that needs it: nobody reads the counts between the two. */
const counted = (original: Memoizer, lookups: Lookups, prepared: (args: readonly unknown[]) => readonly unknown[]) =>
  function (this: unknown, options: Options): Call {
    if (typeof options?.load !== 'function' || options.disable) return original.call(this, options);
    const { load } = options;
    const loadMissing: Call = function (this: unknown, ...args) {
      lookups.hits--;
      lookups.misses++;
      return load.apply(this, args);
    };
    const memoized = original.call(this, { ...options, load: loadMissing });
    const lookUp: Call = function (this: unknown, ...args) {
      lookups.hits++;
      return memoized.apply(this, [...prepared(args)]);
    };
    // Its methods and its options, of which the loader is the application's.
    return Object.assign(lookUp, memoized, { load });
  };
