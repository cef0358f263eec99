/**
 * Loads an instrumentation when the application first loads its library: synchronously, before the library runs, so
 * that both `require` and `import` get it patched.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createRequire, isBuiltin, syncBuiltinESMExports } from 'node:module';
import { ProxyTracerProvider, type LoggerProvider, type MeterProvider, type TracerProvider } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { loadChunk } from '../chunk.ts';
import { RIVALS } from '../coexistence.ts';
import * as diag from '../diag.ts';
import type { Observe } from '../observed.ts';
import { bridgeApiLogs } from './api-logs.ts';
import { reportNewerApi } from './api-version.ts';
import type { Layers, Row } from './catalogue.ts';
import { guardPatches } from './guard.ts';
import { watchImport } from './import-hook.ts';
import { metersByCatalogue } from './meters.ts';
import { packageOf, type PackageOf } from '../package-of.ts';
import { withoutNoise } from './quiet.ts';
import { patchBuiltin, watchRequire } from './require-hook.ts';
import { watchRivals } from './rivals.ts';
import { withoutThrowing } from '../without-throwing.ts';

export interface Instrument {
  readonly rows: readonly Row[];
  /** By row; stronger than the row's own. */
  readonly config: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly frameworkSpans: 'none' | 'handler' | 'all';
  readonly tracerProvider: TracerProvider;
  readonly meterProvider: MeterProvider;
  /** Metrics that are made without the instrumentations. */
  readonly measuredElsewhere: ReadonlySet<string>;
  readonly loggerProvider: LoggerProvider;
  /** For what no span tells. */
  readonly observed: Observe;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The application loads a package that owns its telemetry. Called once, after all has been disabled. */
  onRival(name: string): void;
}

export interface Instrumented {
  /** Names of the rows loaded so far. */
  loaded(): readonly string[];
  /** Undoes what can be undone and loads no more. */
  disable(): void;
}

/** Throws only after it has undone what it did. */
export function instrument(options: Instrument): Instrumented {
  const { libraries, builtins } = byModule(options.rows);
  const made = { ...options, meterProvider: metersByCatalogue(options.meterProvider, options.measuredElsewhere) };
  const untried = new Set(options.rows);
  const active = new Map<string, readonly Loaded[]>();
  const undo: (() => void)[] = [];
  /** The folder of every package seen so far, and whether its files may be patched. */
  const packages = new Map<string, boolean>();
  /** What is to be done when somebody asks for this, which is looked up at every `require`. */
  const asked = new Map<string, (by: string | undefined) => void>();

  const load = (row: Row): void => {
    if (!untried.has(row) || (row.besides !== undefined && active.has(row.besides))) return;
    untried.delete(row);
    try {
      for (const { name, besides } of options.rows) if (besides === row.name) active.get(name)?.forEach(silence);
      active.set(row.name, create(row, made));
    } catch (cause) {
      diag.warn(`instrumentation-${row.name}: ${diag.describe(cause)}, switched off`, cause);
    }
  };
  const loadAfter = (row: Row, message: unknown): void => {
    if (!untried.has(row)) return;
    load(row);
    guarded(() => active.get(row.name)?.forEach((instrumentation) => instrumentation.missed?.(message)));
  };
  let disabled = false;
  const disable = (): void => {
    disabled = true;
    for (const map of [untried, libraries, packages, asked]) map.clear();
    for (const instrumentation of [...active.values()].flat()) guarded(() => instrumentation.disable());
    active.clear();
    undo.splice(0).forEach(guarded);
  };
  const rivals = watchRivals((name) => {
    disable();
    options.onRival(name);
  });
  const firstLoad = ({ name, folder }: PackageOf, parent: () => string | undefined): boolean => {
    if (disabled) return false;
    // Not noted: who loads it next may be the application.
    if (RIVALS.has(name)) {
      guarded(() => rivals.loads(name, parent));
      return false;
    }
    const rows = libraries.get(name);
    // Noted before the row is loaded: a chunk may load packages of its own.
    packages.set(folder, rows !== undefined);
    guarded(() => {
      if (name === '@opentelemetry/api') reportNewerApi(folder);
      rows?.forEach(load);
    });
    return rows !== undefined;
  };
  const loadBuiltin = (name: string, rows: readonly Row[]): void => {
    for (const spelling of [name, `node:${name}`]) asked.delete(spelling);
    guarded(() => {
      rows.forEach(load);
      patchBuiltin(name);
      // What `import { request } from 'node:http'` has got already, or will get.
      syncBuiltinESMExports();
    });
  };
  const watch = {
    loads: (found: PackageOf, parent: () => string | undefined) =>
      packages.get(found.folder) ?? firstLoad(found, parent),
    asks: (id: string, by: string | undefined) => asked.get(id)?.(by),
  };

  try {
    undo.push(bridgeApiLogs(options.loggerProvider));
    reportLoadedBefore(libraries);
    guardPatches();
    for (const row of options.rows) {
      if (isAtBoot(row, options.env)) load(row);
      if (row.channel !== undefined) undo.push(onFirstMessage(row.channel, (message) => loadAfter(row, message)));
    }
    for (const name of RIVALS) asked.set(name, (by) => guarded(() => rivals.isAskedFor(name, by)));
    for (const [name, rows] of builtins) {
      for (const spelling of [name, `node:${name}`]) asked.set(spelling, () => loadBuiltin(name, rows));
    }
    // Last of all, so that what is told has somebody to tell it to.
    const imports = watchImport(watch);
    watchRequire({ ...watch, runs: imports.runs });
  } catch (cause) {
    disable();
    throw cause;
  }
  return { loaded: () => [...active.keys()], disable };
}

/** What was patched once more since cannot be undone; it then asks for spans, and gets none. */
function silence(instrumentation: Loaded): void {
  instrumentation.disable();
  instrumentation.setTracerProvider(new ProxyTracerProvider());
}

const guarded = (run: () => void): void => withoutThrowing('an instrumentation could not be loaded', run);

interface Loaded extends Instrumentation {
  /** Takes the message whose channel loaded it. */
  missed?(message: unknown): void;
}
type InstrumentationClass = new (config: Readonly<Record<string, unknown>>, observed: Observe) => Loaded;

function create(row: Row, options: Instrument): Loaded[] {
  const { layers, name } = row;
  const { frameworkSpans } = options;
  const loaded = [instantiate(`instrumentation-${name}`, row, options)];
  if (layers !== undefined && frameworkSpans !== 'none') {
    loaded.push(instantiate(`layers-${name}`, row, options, frameworkSpans === 'handler' ? layers : {}));
  }
  return loaded;
}

function instantiate(
  chunk: string,
  row: Row,
  { config, observed, tracerProvider, meterProvider, loggerProvider }: Instrument,
  { config: ofLayers, quiet }: Layers = {},
): Loaded {
  const Class = loadChunk<Readonly<Record<string, InstrumentationClass | undefined>>>(chunk)[row.className];
  if (Class === undefined) throw new Error(`${row.package} has no ${row.className}`);
  const instrumentation = new Class({ ...row.config, ...ofLayers, ...config[row.name] }, observed);
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
  for (const row of rows) {
    for (const module of row.modules) {
      const to = isBuiltin(module) ? builtins : libraries;
      to.set(module, [...(to.get(module) ?? []), row]);
    }
  }
  return { libraries, builtins };
}

function onFirstMessage(channel: string, then: (message: unknown) => void): () => void {
  const first = (message: unknown): void => {
    unsubscribe(channel, first);
    then(message);
  };
  subscribe(channel, first);
  return () => void unsubscribe(channel, first);
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
