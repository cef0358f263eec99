import { suggestion } from './instrumentation-options.ts';
import { nearest } from './nearest.ts';
import { DEFAULT, ENVIRONMENT, fromFile, isDefault, type Origin } from './origin.ts';
import type { Problems } from './problems.ts';
import { rows, type Name, type Settings } from './schema.ts';
import { format, OWN_SECTION, shown, type Setting } from './setting.ts';

/** The variables that count beside a file. https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export const BESIDE_A_FILE: ReadonlySet<string> = new Set([
  'OTEL_CONFIG_FILE',
  'OTEL_LOG_LEVEL',
  // The instrumentation of openai reads it itself, whether there is a file or not.
  'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT',
]);

/** What a file says of settings, by the path where it says it. */
export interface FileValues {
  readonly path: string;
  readonly own: ReadonlyMap<string, { readonly text: string; readonly where: string }>;
}

/** A value that was given, before its rule has looked at it. */
interface Raw {
  readonly text: string;
  readonly origin: Origin;
  readonly where: string;
}

export interface ReadSettings {
  readonly settings: Settings;
  readonly origins: Readonly<Record<Name, Origin>>;
  /** Whether somebody gave the value, here or in the variable it is inherited from. */
  readonly isSet: (name: Name) => boolean;
}

/** One pass over the table: what was given, else what is inherited, else the default. */
export function readSettings(
  given: ReadonlyMap<string, string>,
  file: FileValues | undefined,
  problems: Problems,
): ReadSettings {
  const values: Record<string, unknown> = {};
  const origins: Record<string, Origin> = {};
  const rawOf = (name: string, row: Setting<unknown>): Raw | undefined => {
    const text = given.get(name);
    const counts = file === undefined || name.startsWith('FIRSTLIGHT_') || BESIDE_A_FILE.has(name);
    if (text !== undefined && counts) return { text, origin: ENVIRONMENT, where: shown(name, text, row.secret) };
    const own = row.file === undefined ? undefined : file?.own.get(row.file);
    return (
      file && own && { text: own.text, origin: fromFile(file.path), where: shown(own.where, own.text, row.secret) }
    );
  };
  for (const [name, row] of rows) {
    const raw = rawOf(name, row);
    const value = raw && accept(name, row, raw, values, origins, problems);
    if (raw !== undefined && value !== undefined) {
      values[name] = value;
      origins[name] = raw.origin;
    } else {
      const parent = row.inherits;
      values[name] = parent === undefined ? row.default : values[parent];
      origins[name] = parent === undefined ? DEFAULT : inherited(parent, origins[parent] ?? DEFAULT);
    }
  }
  reportUnknownKeys(file, problems);
  const isSet = (name: Name): boolean => !isDefault(origins[name] ?? DEFAULT);
  // The loop has gone through every row of the table, and each rule makes what its row is typed as.
  return { settings: values as unknown as Settings, origins: origins as Record<Name, Origin>, isSet };
}

function reportUnknownKeys(file: FileValues | undefined, problems: Problems): void {
  if (file === undefined) return;
  const known = new Set([...rows.values()].flatMap((row) => row.file ?? []));
  const keys = [...known].filter((path) => path.startsWith(OWN_SECTION)).map(keyOf);
  for (const [path, { where }] of file.own) {
    if (known.has(path)) continue;
    problems.add(where, `${where}: not a setting; ignored${suggestion(nearest(keyOf(path), keys))}`);
  }
}

const keyOf = (path: string): string => path.slice(OWN_SECTION.length + 1);

const inherited = (parent: string, origin: Origin): Origin =>
  isDefault(origin) || origin.via !== undefined ? origin : { ...origin, via: parent };

function accept(
  name: string,
  row: Setting<unknown>,
  { text, where }: Raw,
  values: Readonly<Record<string, unknown>>,
  origins: Readonly<Record<string, Origin>>,
  problems: Problems,
): unknown {
  if (row.ignored !== undefined) {
    problems.add(name, `${where}: ignored: ${row.ignored}`);
    return undefined;
  }
  const parsed = row.rule.parse(text);
  if (parsed === undefined) {
    problems.add(name, `${where}: expected ${row.rule.expected}, using ${instead(row, values, origins)}`);
  } else if (parsed.complaint !== undefined) problems.add(name, `${where}: ${parsed.complaint}`);
  return parsed?.value;
}

function instead(
  row: Setting<unknown>,
  values: Readonly<Record<string, unknown>>,
  origins: Readonly<Record<string, Origin>>,
): string {
  const parent = row.inherits;
  if (parent !== undefined && !isDefault(origins[parent] ?? DEFAULT)) {
    return isSecret(parent) ? parent : `${parent} (${format(values[parent])})`;
  }
  return row.fallback ?? format(row.default);
}

const isSecret = (name: string): boolean | undefined => rows.get(name)?.secret;
