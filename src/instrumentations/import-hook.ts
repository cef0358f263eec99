/**
 * Takes the place of `import-in-the-middle` in the bundle, and loads the real one when the application imports an
 * instrumented package that is an ES module itself. Most are CommonJS, also when they are imported: those are patched
 * where they are compiled, and their applications do not pay for a parser of ES modules.
 */
import { subscribe } from 'node:diagnostics_channel';
import { createRequire, registerHooks } from 'node:module';
import type { LoadHookSync, ResolveFnOutput, ResolveHookContext } from 'node:module';
import { pathToFileURL } from 'node:url';
import * as diag from '../diag.ts';
import { handsOnCommonJs } from './facade.ts';
import { packageOf, type PackageOf } from '../package-of.ts';

type HookArguments = readonly [modules: readonly string[], options: unknown, onImport: unknown];
type HookClass = new (...args: HookArguments) => unknown;
type Next = (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput;
type ShouldInclude = (url: string, specifier: string) => boolean;

/** What `import-in-the-middle/register-hooks.mjs` registers for every module; here it is asked when it is needed. */
interface Wrapper {
  resolveSync(specifier: string, context: ResolveHookContext, next: Next): ResolveFnOutput;
  readonly loadSync: LoadHookSync;
  applyOptions(options: { readonly shouldInclude: ShouldInclude }): void;
}

const waiting: HookArguments[] = [];
let RealHook: HookClass | undefined;

/** As `@opentelemetry/instrumentation` uses it. */
export class Hook {
  constructor(...args: HookArguments) {
    if (RealHook === undefined) waiting.push(args);
    else new RealHook(...args);
  }
}

/** What is told of loading, before it happens. Must not throw: it runs inside the application's `import`. */
export interface Watch {
  /** Whether this package may be patched. */
  loads(found: PackageOf, parent: () => string | undefined): boolean;
  /** This is asked for, by this file; it may be a module of Node, or loaded already. */
  asks(id: string, by: string | undefined): void;
}

export interface ImportHook {
  /** A CommonJS file of the application runs. Where it is the entry, nothing is imported until it calls `import()`. */
  runs(file: string): void;
}

export function watchImport(watch: Watch): ImportHook {
  let handle: ReturnType<typeof registerHooks> | undefined;
  let entry: string | undefined;
  let wrapper: Wrapper | undefined;
  /** `shouldInclude` is asked right after a resolution, but is not told the format. */
  let last: ResolveFnOutput | undefined;
  const isWanted: ShouldInclude = (url, specifier) => {
    const found = last?.format === 'module' ? packageOf(url) : undefined;
    return found?.name === specifier && watch.loads(found, () => undefined) && !handsOnCommonJs(url);
  };
  const tell = (specifier: string, { url, format }: ResolveFnOutput, parent: string | undefined): void => {
    watch.asks(url.startsWith('node:') ? url : specifier, parent);
    const found = format === 'module' ? packageOf(url) : undefined;
    if (found !== undefined) watch.loads(found, () => parent);
  };

  const resolve = (specifier: string, context: ResolveHookContext, next: Next): ResolveFnOutput => {
    const search: Next = (...args) => {
      const found = next(...args);
      tell(specifier, found, context.parentURL);
      // Only now: what was told may have loaded, and so resolved, modules of its own.
      last = found;
      return found;
    };
    if (wrapper !== undefined) return wrapper.resolveSync(specifier, context, search);
    const found = search(specifier, context);
    if (context.parentURL === undefined) entry = found.url;
    // Early releases of Node give a set where later ones give an array.
    if (!isWanted(found.url, specifier) || new Set(context.conditions).has('require')) return found;
    wrapper = createWrapper(specifier, isWanted);
    return wrapper === undefined ? found : wrapper.resolveSync(specifier, context, search);
  };

  // A hook costs every resolution some microseconds, those of `require` too: there is none before the first `import`.
  subscribe('tracing:module.import:start', () => {
    handle ??= registerHooks({ resolve });
  });
  return {
    runs(file) {
      if (handle === undefined || entry !== pathToFileURL(file).href) return;
      handle.deregister();
      handle = undefined;
    },
  };
}

function createWrapper(packageName: string, shouldInclude: ShouldInclude): Wrapper | undefined {
  try {
    return register(packageName, shouldInclude);
  } catch (cause) {
    diag.limited('ES module', `${packageName} is an ES module and is not instrumented`, cause);
    return undefined;
  }
}

/** Loaded by the path it has on disk: it imports its own files by theirs. */
function register(packageName: string, shouldInclude: ShouldInclude): Wrapper | undefined {
  const load = createRequire(import.meta.url);
  const { createHook, supportsSyncHooks } = load('import-in-the-middle/create-hook.mjs') as {
    createHook(meta: { readonly url: string }): Wrapper;
    supportsSyncHooks(): boolean;
  };
  if (!supportsSyncHooks()) {
    const node = process.versions.node;
    diag.limited(
      'ES module',
      `${packageName} is an ES module, which Node ${node} cannot instrument; 24.11.1 or newer can`,
    );
    return undefined;
  }
  RealHook = (load('import-in-the-middle') as { Hook: HookClass }).Hook;
  for (const args of waiting.splice(0)) new RealHook(...args);
  const wrapper = createHook({ url: pathToFileURL(load.resolve('import-in-the-middle/register-hooks.mjs')).href });
  wrapper.applyOptions({ shouldInclude });
  registerHooks({ load: wrapper.loadSync });
  return wrapper;
}
