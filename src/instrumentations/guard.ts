/**
 * What OpenTelemetry's instrumentations leave to luck: a patch that throws would reach the application through its own
 * `require` or `import`, and a version that none of them knows would stay dark without a word.
 */
import { InstrumentationBase } from '@opentelemetry/instrumentation';
import type { InstrumentationModuleDefinition } from '@opentelemetry/instrumentation';
import { normalize } from 'node:path';
import { types } from 'node:util';
import * as diag from '../diag.ts';

interface Patching {
  readonly instrumentationName: string;
  readonly _modules: readonly InstrumentationModuleDefinition[];
  _onRequire(definition: InstrumentationModuleDefinition, exports: unknown, name: string, folder?: string): unknown;
  /** Patches what the exports are made of, and not the exports. */
  readonly leavesExports?: true;
  disable(): void;
}

/** Of all instrumentations, also of those that are made of others: they have one base class. */
export function guardPatches(): void {
  const prototype = InstrumentationBase.prototype as unknown as Patching;
  const { _onRequire: onRequire } = prototype;
  const broken = new WeakSet<object>();
  /** Names of instrumentations that knew the version of at least one of their packages. */
  const atWork = new Set<string>();

  prototype._onRequire = function (definition, exports, name, folder) {
    if (broken.has(this) || !isPatched(definition, name, folder)) return exports;
    if (types.isModuleNamespaceObject(exports) && this.leavesExports !== true) return exports;
    const before = definition.moduleExports;
    // Set by the original where the version is one it knows, if there is a patch at all.
    definition.moduleExports = undefined;
    definition.patch ??= (unchanged: unknown) => unchanged;
    try {
      const patched = onRequire.call(this, definition, exports, name, folder);
      if (definition.moduleExports !== undefined) atWork.add(this.instrumentationName);
      else if (definition === lastOf(this._modules, name)) reportVersion(this, definition, name);
      return patched;
    } catch (cause) {
      broken.add(this);
      // What has not been patched must not be undone either.
      for (const part of [definition, ...filesOf(definition, name)]) delete part.moduleExports;
      switchOff(this, cause);
      return exports;
    } finally {
      definition.moduleExports ??= before;
    }
  };

  const reportVersion = (
    { instrumentationName, _modules }: Patching,
    { moduleVersion }: InstrumentationModuleDefinition,
    name: string,
  ): void => {
    if (atWork.has(instrumentationName)) return;
    const known = _modules
      .filter((definition) => definition.name === name)
      .flatMap(({ supportedVersions }) => supportedVersions);
    const version = moduleVersion ?? '(unknown version)';
    diag.limited(
      `version ${name} ${version}`,
      `${name} ${version} is not instrumented: ${short(instrumentationName)} supports ${known.join(' || ')}`,
    );
  };
}

/** Else the original reads the package's version again for each of its files. */
function isPatched(definition: InstrumentationModuleDefinition, name: string, folder: string | undefined): boolean {
  return folder === undefined || name === definition.name || filesOf(definition, name).length > 0;
}

/** A file may be listed more than once, for versions that are patched differently. */
function filesOf({ files }: InstrumentationModuleDefinition, name: string): InstrumentationModuleDefinition['files'] {
  return files.filter((file) => file.name === normalize(name));
}

function lastOf(
  definitions: readonly InstrumentationModuleDefinition[],
  name: string,
): InstrumentationModuleDefinition | undefined {
  return definitions.findLast((definition) => definition.name === name);
}

function switchOff(instrumentation: Patching, cause: unknown): void {
  diag.warn(`${short(instrumentation.instrumentationName)}: ${diag.describe(cause)}, switched off`, cause);
  try {
    instrumentation.disable();
  } catch (failure) {
    diag.debug(`${short(instrumentation.instrumentationName)} could not be undone`, failure);
  }
}

const short = (instrumentationName: string): string => instrumentationName.replace(/^@opentelemetry\//, '');
