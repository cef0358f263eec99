import { parseArgs } from 'node:util';
import type { Loaded } from '../config/load.ts';
import { rows } from '../config/schema.ts';
import { format, maskUrl } from '../config/setting.ts';

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

interface Line {
  readonly name: string;
  readonly value: string | undefined;
  readonly origin: string;
}

const MASK = '***';

/** With a file the pipeline is shown as it was read: the variables that would describe it do not count. */
function linesOf({ config, origins }: Loaded): Line[] {
  const path = config.settings.OTEL_CONFIG_FILE;
  const settings = Object.entries(config.settings).map(([name, value]): Line => {
    const isGiven =
      value !== undefined && (Array.isArray(value) || typeof value !== 'object' || Object.keys(value).length > 0);
    const origin = origins[name] ?? 'default';
    return { name, value: isGiven ? (rows.get(name)?.secret ? MASK : format(value)) : undefined, origin };
  });
  const ofRows = Object.entries(config.instrumentations).flatMap(([name, { enabled, options }]) =>
    flatten({ ...(enabled === undefined ? {} : { enabled }), ...options }, `instrumentation.${name}`, '').map(
      (line) => ({
        ...line,
        origin: origins[line.name] ?? '',
      }),
    ),
  );
  if (path === undefined) return [...settings, ...ofRows];
  const beside = settings.filter(
    ({ name, origin }) => origin !== 'default' || BESIDE_THE_PIPELINE.test(rows.get(name)?.file ?? ''),
  );
  return [...beside, ...(config.unusable ? [] : flatten(config.pipeline, '', `file ${path}`)), ...ofRows];
}

const BESIDE_THE_PIPELINE = /^(disabled|log_level|distribution\.)/;

/** One line for each value below: `traces.processors[0].exporter.endpoint`. */
function flatten(value: unknown, path: string, origin: string): Line[] {
  if (
    typeof value !== 'object' ||
    value === null ||
    (Array.isArray(value) && value.every((entry) => typeof entry !== 'object'))
  ) {
    return [{ name: path, value: path.includes('.headers.') ? MASK : format(value), origin }];
  }
  const step = (key: string): string => (Array.isArray(value) ? `[${key}]` : path === '' ? key : `.${key}`);
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, `${path}${step(key)}`, origin));
}

/** The same value once more, under the name of a signal. */
const isEcho = (name: string, origin: string): boolean =>
  rows.get(name)?.inherits !== undefined && (origin === 'default' || origin.endsWith(')'));

function page(loaded: Loaded, all: boolean): string {
  const lines = linesOf(loaded).filter(
    ({ name, value, origin }) => all || (value !== undefined && !isEcho(name, origin)),
  );
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
    linesOf(loaded).map(({ name, value, origin }) => [name, { value: value ?? null, origin }]),
  );
  const { config, problems, notes } = loaded;
  return `${JSON.stringify({ settings, pipeline: config.pipeline, unusable: config.unusable, problems, notes }, masked, 2)}\n`;
}
