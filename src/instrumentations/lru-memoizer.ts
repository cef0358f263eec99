import type { InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { LruMemoizerInstrumentation as Upstream } from '@opentelemetry/instrumentation-lru-memoizer';
import type { Lookups, Observed } from '../observed.ts';

type Call = (...args: unknown[]) => unknown;
interface Options {
  readonly load: Call;
  readonly disable?: boolean;
}
type Memoizer = (options: Options) => Call;
type Memoizers = Memoizer & { sync: Memoizer };

/** Upstream's context; hits and misses besides: a hit is what was answered without the loader. */
export class LruMemoizerInstrumentation extends Upstream {
  private readonly observed: () => Observed;

  constructor(config: object, observed: () => Observed) {
    super(config);
    this.observed = observed;
  }

  override init(): InstrumentationNodeModuleDefinition[] {
    const definitions = super.init();
    for (const definition of definitions) {
      const { patch } = definition;
      definition.patch = (exports: Memoizers, version) => {
        const lookups = this.observed().cache('lru-memoizer');
        const counting = Object.assign(counted(exports, lookups), exports, { sync: counted(exports.sync, lookups) });
        return patch?.call(definition, counting, version) ?? counting;
      };
    }
    return definitions;
  }
}

/** The loader is called within the call that needs it: nobody reads the counts between the two. */
const counted = (original: Memoizer, lookups: Lookups): Memoizer =>
  function (this: unknown, options) {
    if (typeof options?.load !== 'function' || options.disable) return original.call(this, options);
    const { load } = options;
    const counting: Call = function (this: unknown, ...args) {
      lookups.hits--;
      lookups.misses++;
      return load.apply(this, args);
    };
    const memoized = original.call(this, { ...options, load: counting });
    const lookUp: Call = function (this: unknown, ...args) {
      lookups.hits++;
      return memoized.apply(this, args);
    };
    // It has methods, and its options, of which the loader is the application's.
    return Object.assign(lookUp, memoized, { load });
  };
