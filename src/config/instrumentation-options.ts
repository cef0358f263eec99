import { nearest } from './nearest.ts';
import { ENVIRONMENT, type Origin } from './origin.ts';
import type { Problems } from './problems.ts';
import { flag, type Rule } from './rules.ts';
import { shown } from './setting.ts';

/** The settings of one instrumentation: `FIRSTLIGHT_INSTRUMENTATION_<NAME>_<OPTION>`, or its section of the file. */

/** What of the catalogue of instrumentations the settings need to know. */
export type Catalogue = readonly {
  readonly name: string;
  /** By the name the instrumentation gives it; a dot leads into an object: `headersToSpanAttributes.server`. */
  readonly options?: Readonly<Record<string, Rule<unknown>>>;
}[];

export interface InstrumentationSettings {
  /** Stronger than the lists of enabled and disabled instrumentations. */
  readonly enabled?: boolean;
  readonly options: Readonly<Record<string, unknown>>;
}

/** One given value: `text` as it was written, `where` as a message shows it. */
export interface Given {
  readonly name: string;
  readonly option: string;
  readonly text: string;
  readonly origin: Origin;
  readonly where: string;
}

export const FAMILY = 'FIRSTLIGHT_INSTRUMENTATION_';

/** `enhancedDatabaseReporting` → `ENHANCED_DATABASE_REPORTING`, `socket.io` → `SOCKET_IO`. */
export const screaming = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();

const optionsOf = (row: Catalogue[number]): [string, Rule<unknown>][] => [
  ['enabled', flag],
  ...Object.entries(row.options ?? {}),
];

/** The variables of the family, matched with the catalogue; a name that fits nothing is a problem. */
export function fromVariables(
  variables: readonly (readonly [variable: string, text: string])[],
  catalogue: Catalogue,
  problems: Problems,
): Given[] {
  if (variables.length === 0) return [];
  const known = new Map<string, { name: string; option: string }>();
  for (const row of catalogue) {
    for (const [option] of optionsOf(row)) {
      known.set(`${FAMILY}${screaming(row.name)}_${screaming(option)}`, { name: row.name, option });
    }
  }
  return variables.flatMap(([variable, text]): Given[] => {
    const match = known.get(variable);
    const where = shown(variable, text, false);
    if (match !== undefined) return [{ ...match, text, where, origin: ENVIRONMENT }];
    const meant = nearest(variable, known.keys());
    problems.add(variable, `${where}: no instrumentation has this option; ignored${suggestion(meant)}`);
    return [];
  });
}

export const suggestion = (name: string | undefined): string => (name === undefined ? '' : `, did you mean ${name}?`);

/** Reads all given values; where two speak of the same option, the first is used. */
export function readOptions(
  given: readonly Given[],
  catalogue: Catalogue,
  problems: Problems,
): { instrumentations: Record<string, InstrumentationSettings>; origins: Record<string, Origin> } {
  const read = new Map<string, Map<string, unknown>>();
  const origins: Record<string, Origin> = {};
  for (const { name, option, text, where, origin } of given) {
    const row = catalogue.find((candidate) => candidate.name === name);
    if (row === undefined) {
      const meant = nearest(
        name,
        catalogue.map((candidate) => candidate.name),
      );
      problems.add(name, `${where}: there is no instrumentation ${JSON.stringify(name)}; ignored${suggestion(meant)}`);
      continue;
    }
    const options = optionsOf(row);
    const rule = options.find(([candidate]) => candidate === option)?.[1];
    if (rule === undefined) {
      const meant = nearest(
        option,
        options.map(([candidate]) => candidate),
      );
      problems.add(where, `${where}: ${name} has no option ${JSON.stringify(option)}; ignored${suggestion(meant)}`);
      continue;
    }
    const parsed = rule.parse(text);
    if (parsed === undefined) problems.add(where, `${where}: expected ${rule.expected}; ignored`);
    else if (parsed.complaint !== undefined) problems.add(where, `${where}: ${parsed.complaint}`);
    const values = read.get(name) ?? new Map<string, unknown>();
    read.set(name, values);
    if (parsed === undefined || values.has(option)) continue;
    values.set(option, parsed.value);
    origins[`instrumentation.${name}.${option}`] = origin;
  }
  const instrumentations = Object.fromEntries([...read].map(([name, values]) => [name, settingsOf(values)]));
  return { instrumentations, origins };
}

function settingsOf(values: ReadonlyMap<string, unknown>): InstrumentationSettings {
  const options: Record<string, unknown> = {};
  for (const [option, value] of values) if (option !== 'enabled') place(options, option.split('.'), value);
  const enabled = values.get('enabled');
  return { ...(typeof enabled === 'boolean' ? { enabled } : {}), options };
}

function place(into: Record<string, unknown>, [key, ...rest]: readonly string[], value: unknown): void {
  if (key === undefined) return;
  if (rest.length === 0) into[key] = value;
  else place((into[key] ??= {}) as Record<string, unknown>, rest, value);
}
