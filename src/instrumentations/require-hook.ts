/**
 * Takes the place of `require-in-the-middle` in the bundle. Patches are applied where Node compiles a CommonJS file,
 * not where somebody requires it: the file is seen once, whoever asks for it, `require` or `import`, and every file of
 * no interest costs one look at its path instead of a second resolution.
 */
import Module, { createRequire } from 'node:module';
import { join, parse } from 'node:path';
import { types } from 'node:util';
import { packageOf, type PackageOf } from '../package-of.ts';

/** `name` is the package for its main file, else the path of the file from the package's name on. */
type OnRequire = (exports: unknown, name: string, folder?: string) => unknown;

const everyFile: OnRequire[] = [];
const oneFile = new Map<string, OnRequire>();

/** As `@opentelemetry/instrumentation` uses it: once for all files, and for the file of a Lambda handler. */
export class Hook {
  constructor(files: readonly string[] | null, _options: unknown, onRequire: OnRequire) {
    if (files === null) everyFile.push(onRequire);
    else for (const file of files) oneFile.set(file, onRequire);
  }
}

/** What is told of loading, before it happens. Must not throw: it runs inside the application's `require`. */
export interface Watch {
  /** Whether the files of this package may be patched. */
  loads(found: PackageOf, parent: () => string | undefined): boolean;
  /** This is asked for, by this file; it may be a module of Node, or loaded already. */
  asks(id: string, by: string | undefined): void;
  /** A CommonJS file of the application itself. */
  runs(file: string): void;
}

interface Patchable {
  _compile(this: NodeJS.Module, content: string, file: string, ...rest: unknown[]): unknown;
  /** Whoever takes it off its module may still load by an absolute path. */
  require(this: NodeJS.Module | undefined, id: string): unknown;
}

export function watchRequire(watch: Watch): void {
  const prototype = Module.prototype as unknown as Patchable;
  const { _compile: compile, require } = prototype;
  prototype._compile = function (content, file, ...rest) {
    const found = packageOf(file);
    if (found === undefined) watch.runs(file);
    const wanted = found !== undefined && watch.loads(found, () => this.parent?.filename);
    const result = compile.call(this, content, file, ...rest);
    if (wanted) {
      const patched = patch(this.exports, nameOf(file, found), found.folder);
      // An ES module that was required has exports nobody can change.
      if (!types.isModuleNamespaceObject(this.exports)) this.exports = patched;
    }
    const onRequire = oneFile.get(file);
    if (onRequire !== undefined) this.exports = onRequire(this.exports, parse(file).name, parse(file).dir);
    return result;
  };
  prototype.require = function (id) {
    watch.asks(id, this?.filename);
    return require.call(this, id);
  };
  const { getBuiltinModule } = process;
  process.getBuiltinModule = ((id: string): unknown => {
    watch.asks(id, undefined);
    return getBuiltinModule(id);
  }) as typeof getBuiltinModule;
}

/** Applies the patches of a module of Node; they change it in place, so that whoever has it already is served too. */
export function patchBuiltin(name: string): void {
  patch(process.getBuiltinModule(name), name);
}

function patch(exports: unknown, name: string, folder?: string): unknown {
  return everyFile.reduce((current, onRequire) => onRequire(current, name, folder), exports);
}

const mainFiles = new Map<string, string | undefined>();

function nameOf(file: string, { name, folder }: PackageOf): string {
  if (!mainFiles.has(folder)) mainFiles.set(folder, mainFile(name, folder));
  return mainFiles.get(folder) === file ? name : join(name, file.slice(folder.length));
}

function mainFile(name: string, folder: string): string | undefined {
  try {
    return createRequire(join(folder, 'package.json')).resolve(name);
  } catch {
    return undefined;
  }
}
