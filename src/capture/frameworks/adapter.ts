import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';

// What a module exports is of any type.
// oxlint-disable-next-line typescript/no-explicit-any
type Patch = (exports: any) => unknown;

export interface Patched {
  readonly versions: string;
  /** Of what the package exports. */
  readonly patch?: Patch;
  /** Of what its files export, by their paths in the package. */
  readonly files?: Readonly<Record<string, Patch>>;
}

/**
 * The class of a framework that tells its routes and errors, and makes no spans; packages are by their names. Patches
 * are not undone: where no request is captured they tell nobody.
 */
export function adapter(name: string, packages: Readonly<Record<string, Patched>>): new () => InstrumentationBase {
  return class extends InstrumentationBase {
    constructor(config = {}) {
      super(`firstlight/${name}`, FIRSTLIGHT_VERSION, config);
    }

    protected override init(): InstrumentationNodeModuleDefinition[] {
      return Object.entries(packages).map(([name, { versions, patch, files = {} }]) => {
        const parts = Object.entries(files).map(
          ([path, patch]) => new InstrumentationNodeModuleFile(`${name}/${path}`, [versions], patch, () => {}),
        );
        return new InstrumentationNodeModuleDefinition(name, [versions], patch, undefined, parts);
      });
    }
  };
}
