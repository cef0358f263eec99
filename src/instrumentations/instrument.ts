/**
 * Loads an instrumentation when the application first loads its library: synchronously, before the library runs, so
 * that both `require` and `import` get it patched.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createRequire, isBuiltin, syncBuiltinESMExports } from 'node:module';
import type { LoggerProvider, MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { loadChunk } from '../chunk.ts';
import * as diag from '../diag.ts';
import { bridgeApiLogs } from './api-logs.ts';
import { reportNewerApi } from './api-version.ts';
import type { Row } from './catalogue.ts';
import { guardPatches } from './guard.ts';
import { watchImport } from './import-hook.ts';
import { packageOf, type PackageOf } from './package-of.ts';
import { withoutNoise } from './quiet.ts';
import { patchBuiltin, watchRequire } from './require-hook.ts';

export interface Instrument {
  readonly rows: readonly Row[];
  /** By row; stronger than the row's own. */
  readonly config: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly tracerProvider: TracerProvider;
  readonly meterProvider: MeterProvider;
  readonly loggerProvider: LoggerProvider;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called once for each package that is loaded, with the path or URL of the file that asked for it. */
  onPackage(name: string, parent: () => string | undefined): void;
}

export interface Instrumented {
  /** Names of the rows loaded so far. */
  loaded(): readonly string[];
  /** Undoes what can be undone and loads no more. */
  disable(): void;
}

export function instrument(options: Instrument): Instrumented {
  const { libraries, builtins } = byModule(options.rows);
  const untried = new Set(options.rows);
  const active = new Map<string, Loaded>();
  /** Every package seen so far, and whether its files may be patched. */
  const packages = new Map<string, boolean>();

  const load = (row: Row): void => {
    if (!untried.has(row) || (row.besides !== undefined && active.has(row.besides))) return;
    untried.delete(row);
    try {
      for (const { name, besides } of options.rows) if (besides === row.name) active.get(name)?.disable();
      active.set(row.name, create(row, options));
    } catch (cause) {
      diag.warn(`instrumentation-${row.name}: ${diag.describe(cause)}, switched off`, cause);
    }
  };
  const loadAfter = (row: Row, message: unknown): void => {
    if (!untried.has(row)) return;
    load(row);
    withoutThrowing(() => active.get(row.name)?.missed?.(message));
  };
  const firstLoad = (found: PackageOf, parent: () => string | undefined): void => {
    options.onPackage(found.name, parent);
    if (found.name === '@opentelemetry/api') reportNewerApi(found.folder);
    // Noted before the row is loaded: a chunk may load packages of its own.
    packages.set(found.name, libraries.has(found.name));
    libraries.get(found.name)?.forEach(load);
  };
  const loads = (found: PackageOf, parent: () => string | undefined): boolean => {
    if (!packages.has(found.name)) withoutThrowing(() => firstLoad(found, parent));
    return packages.get(found.name) === true;
  };
  const loadsBuiltin = (id: string): void => {
    const rows = builtins.get(id);
    if (rows === undefined) return;
    const name = id.replace(/^node:/, '');
    builtins.delete(name);
    builtins.delete(`node:${name}`);
    withoutThrowing(() => {
      rows.forEach(load);
      patchBuiltin(name);
      // What `import { request } from 'node:http'` has got already, or will get.
      syncBuiltinESMExports();
    });
  };

  const takeBackApiLogs = bridgeApiLogs(options.loggerProvider);
  reportLoadedBefore(libraries);
  guardPatches();
  const imports = watchImport({ loads, loadsBuiltin });
  watchRequire({ loads, loadsBuiltin, runs: imports.runs });
  for (const row of options.rows) {
    if (isAtBoot(row, options.env)) load(row);
    if (row.channel !== undefined) onFirstMessage(row.channel, (message) => loadAfter(row, message));
  }
  return {
    loaded: () => [...active.keys()],
    disable() {
      untried.clear();
      libraries.clear();
      builtins.clear();
      packages.clear();
      for (const instrumentation of active.values()) withoutThrowing(() => instrumentation.disable());
      active.clear();
      takeBackApiLogs();
    },
  };
}

interface Loaded extends Instrumentation {
  /** Takes the message whose channel loaded it. */
  missed?(message: unknown): void;
}
type InstrumentationClass = new (config: Readonly<Record<string, unknown>>) => Loaded;

function create(row: Row, { config, tracerProvider, meterProvider, loggerProvider }: Instrument): Loaded {
  const chunk = loadChunk<Readonly<Record<string, InstrumentationClass | undefined>>>(`instrumentation-${row.name}`);
  const Class = chunk[row.className];
  if (Class === undefined) throw new Error(`${row.package} has no ${row.className}`);
  const instrumentation = new Class({ ...row.config, ...config[row.name] });
  const { quiet } = row;
  instrumentation.setTracerProvider(
    quiet ? withoutNoise(tracerProvider, quiet.attribute, quiet.values) : tracerProvider,
  );
  instrumentation.setMeterProvider(meterProvider);
  instrumentation.setLoggerProvider?.(loggerProvider);
  return instrumentation;
}

function byModule(rows: readonly Row[]): Record<'libraries' | 'builtins', Map<string, readonly Row[]>> {
  const libraries = new Map<string, readonly Row[]>();
  const builtins = new Map<string, readonly Row[]>();
  const add = (to: Map<string, readonly Row[]>, name: string, row: Row): void =>
    void to.set(name, [...(to.get(name) ?? []), row]);
  for (const row of rows) {
    for (const module of row.modules) {
      if (!isBuiltin(module)) add(libraries, module, row);
      else for (const spelling of [module, `node:${module}`]) add(builtins, spelling, row);
    }
  }
  return { libraries, builtins };
}

function onFirstMessage(channel: string, then: (message: unknown) => void): void {
  const first = (message: unknown): void => {
    unsubscribe(channel, first);
    then(message);
  };
  subscribe(channel, first);
}

function isAtBoot({ atBoot }: Row, env: Instrument['env']): boolean {
  return atBoot === true || (atBoot !== undefined && env[atBoot.where] !== undefined);
}

function reportLoadedBefore(libraries: ReadonlyMap<string, unknown>): void {
  const loaded = Object.keys(createRequire(import.meta.url).cache).map((path) => packageOf(path)?.name);
  for (const name of new Set(loaded)) {
    if (name !== undefined && libraries.has(name))
      diag.warn(`${name} was loaded before Firstlight and is not instrumented`);
  }
}

function withoutThrowing(run: () => void): void {
  try {
    run();
  } catch (cause) {
    diag.limited('instrument', 'an instrumentation could not be loaded', cause);
  }
}
