import { parseArgs } from 'node:util';
import { inForce } from '../config/in-force.ts';
import type { Loaded } from '../config/load.ts';
import { MASK, maskUrl } from '../config/mask.ts';

/** `firstlight config`: the settings as they are in force, where each comes from, and what is wrong with them. */

export interface Output {
  readonly text: string;
  readonly exitCode: number;
}

const HELP = `firstlight config [--json] [--all]

Prints the settings in force and where each comes from. Secrets are masked.
  --json  for programs
  --all   also the settings without a value and those that inherit one
Exits with 1 if a setting is wrong.
`;

export function config(args: readonly string[], load: () => Loaded): Output {
  let options: { json?: boolean; all?: boolean; help?: boolean };
  try {
    const flags = {
      json: { type: 'boolean' },
      all: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    } as const;
    options = parseArgs({ args: [...args], options: flags }).values;
  } catch (fault) {
    return { text: `${fault instanceof Error ? fault.message : String(fault)}\n\n${HELP}`, exitCode: 2 };
  }
  if (options.help) return { text: HELP, exitCode: 0 };
  const loaded = load();
  const text = options.json ? json(loaded) : page(loaded, options.all ?? false);
  return { text, exitCode: loaded.problems.length > 0 ? 1 : 0 };
}

function page(loaded: Loaded, all: boolean): string {
  const lines = inForce(loaded)
    .map(({ value, otherwise, ...line }) => ({ ...line, value: value ?? (otherwise && `(${otherwise})`) }))
    .filter(({ value, repeats }) => all || (value !== undefined && !repeats));
  const table = [{ name: 'SETTING', value: 'VALUE', origin: 'ORIGIN' }, ...lines];
  const width = (column: 'name' | 'value'): number =>
    Math.min(60, Math.max(...table.map((line) => (line[column] ?? '-').length)));
  const [names, values] = [width('name'), width('value')];
  const printed = table.map(
    (line) => `${line.name.padEnd(names)}  ${(line.value ?? '-').padEnd(values)}  ${line.origin}`,
  );
  const state = loaded.config.unusable ? ['', 'OTEL_CONFIG_FILE cannot be used: nothing is started.'] : [];
  const problems =
    loaded.problems.length === 0 ? ['No problems.'] : ['Problems:', ...loaded.problems.map((line) => `  ${line}`)];
  return [...printed, ...state, ...loaded.notes.flatMap((note) => ['', note]), '', ...problems, ''].join('\n');
}

const masked = (key: string, value: unknown): unknown => {
  if (key === 'headers') return Object.fromEntries(Object.keys(value as object).map((name) => [name, MASK]));
  return typeof value === 'string' ? maskUrl(value) : value;
};

function json(loaded: Loaded): string {
  const settings = Object.fromEntries(
    inForce(loaded).map(({ name, value, origin }) => [name, { value: value ?? null, origin }]),
  );
  const { config, problems, notes } = loaded;
  return `${JSON.stringify({ settings, pipeline: config.pipeline, unusable: config.unusable, problems, notes }, masked, 2)}\n`;
}
