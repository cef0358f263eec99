import { loadChunk } from '../chunk.ts';
import type { Env } from './env.ts';
import { fromEnvironment } from './environment.ts';
import type * as configFile from './file.ts';
import { FAMILY, fromVariables, readOptions, suggestion } from './instrumentation-options.ts';
import type { Catalogue, InstrumentationSettings } from './instrumentation-options.ts';
import { nearest } from './nearest.ts';
import type { Origin } from './origin.ts';
import type { Pipeline } from './pipeline.ts';
import { createProblems, type Problems } from './problems.ts';
import { leavingOut } from './rules.ts';
import { BESIDE_A_FILE, readSettings } from './read-settings.ts';
import { rows, type Settings } from './schema.ts';
import { shown } from './setting.ts';
import { reportUnknown } from './unknown-names.ts';

interface Config {
  readonly settings: Settings;
  readonly pipeline: Pipeline;
  /** By the name of the instrumentation, for those of which anything is set. */
  readonly instrumentations: Readonly<Record<string, InstrumentationSettings>>;
  /** `OTEL_CONFIG_FILE` is set and cannot be used: nothing may start, for nobody knows what was meant. */
  readonly unusable: boolean;
}

export interface Loaded {
  readonly config: Config;
  /** One line each. */
  readonly problems: readonly string[];
  /** What is worth saying although nothing is wrong. */
  readonly notes: readonly string[];
  /** By variable, and by `instrumentation.<name>.<option>` for each option that is set. */
  readonly origins: Readonly<Record<string, Origin>>;
}

type FileReader = (path: string, serviceName: string | undefined) => configFile.FileContent;

const readFile: FileReader = (path, serviceName) =>
  loadChunk<typeof configFile>('config-file').readConfigFile(path, serviceName);

/** Settings from environment or file. Never throws: what cannot be used becomes a line of `problems`. */
export function load(env: Env, catalogue: Catalogue, read: FileReader = readFile): Loaded {
  const given = new Map<string, string>();
  for (const [name, text] of Object.entries(env)) {
    const trimmed = text?.trim();
    if (trimmed) given.set(name, trimmed);
  }
  const problems = createProblems();
  const path = given.get('OTEL_CONFIG_FILE');
  const file = path === undefined ? undefined : read(path, given.get('OTEL_SERVICE_NAME'));
  const values = path === undefined || file === undefined ? undefined : { path, own: file.own };
  const { settings, origins, isSet } = readSettings(given, values, problems);
  file?.problems.forEach((line) => problems.add(line, line));
  const known = checkNames(settings, catalogue, given, problems);
  const pipeline =
    file?.pipeline ??
    fromEnvironment({
      settings: known,
      isSet,
      complain: (name, reason) =>
        problems.add(name, `${shown(name, given.get(name) ?? '', rows.get(name)?.secret)}: ${reason}`),
    });
  const family = [...given].filter(([name]) => name.startsWith(FAMILY));
  const options = [...fromVariables(family, catalogue, problems), ...(file?.instrumentations ?? [])];
  const { instrumentations, origins: ofOptions } = readOptions(options, catalogue, problems);
  reportUnknown(given.keys(), rows, problems);
  const config = { settings: known, pipeline, instrumentations, unusable: file?.unusable ?? false };
  return {
    config: freeze(config),
    problems: problems.lines,
    notes: notesOn(given, path),
    origins: { ...origins, ...ofOptions },
  };
}

const LISTS = ['OTEL_NODE_ENABLED_INSTRUMENTATIONS', 'OTEL_NODE_DISABLED_INSTRUMENTATIONS'] as const;

/** Leaves the names out of the two lists that no instrumentation has. A list of such names alone counts as not set. */
function checkNames(
  settings: Settings,
  catalogue: Catalogue,
  given: ReadonlyMap<string, string>,
  problems: Problems,
): Settings {
  const names = catalogue.map((row) => row.name);
  const checked: Record<string, readonly string[] | undefined> = {};
  for (const variable of LISTS) {
    const listed = settings[variable];
    if (listed === undefined) continue;
    const unknown = listed.filter((name) => !names.includes(name));
    if (unknown.length === 0) continue;
    const [first = ''] = unknown;
    const where = shown(variable, given.get(variable) ?? listed.join(','), false);
    const meant = suggestion(nearest(first, names));
    problems.add(variable, `${where}: expected names of instrumentations; ${leavingOut(unknown)}${meant}`);
    const rest = listed.filter((name) => names.includes(name));
    checked[variable] = rest.length > 0 ? rest : (rows.get(variable)?.default as undefined);
  }
  return Object.keys(checked).length === 0 ? settings : { ...settings, ...checked };
}

function notesOn(given: ReadonlyMap<string, string>, path: string | undefined): string[] {
  if (path === undefined) return [];
  const ignored = [...given.keys()].filter(
    (name) => rows.has(name) && name.startsWith('OTEL_') && !BESIDE_A_FILE.has(name),
  );
  if (ignored.length === 0) return [];
  return [`OTEL_CONFIG_FILE is set; these count only where the file refers to them: ${ignored.join(', ')}`];
}

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) freeze(inner);
  return Object.freeze(value);
}
