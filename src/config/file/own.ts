import type { Given } from '../instrumentation-options.ts';
import type { Origin } from '../origin.ts';
import { format, OWN_SECTION, shown } from '../setting.ts';
import type { Section } from './section.ts';

/** What the file says beside the pipeline: the distribution's own settings and those of the instrumentations. */
export interface OwnSettings {
  /** By their path in the file. */
  readonly own: ReadonlyMap<string, { readonly text: string; readonly where: string }>;
  readonly instrumentations: readonly Given[];
}

/** Notes what the file says in place of a setting, by the `file` of its row. */
export type Put = (path: string, value: unknown, where: string) => void;

/** `put` is for what the rest of the file says. */
export function ownSettings(root: Section, origin: Origin): OwnSettings & { readonly put: Put } {
  const own = new Map<string, { text: string; where: string }>();
  const put: Put = (path, value, where) => {
    if (value !== undefined) own.set(path, { text: format(value), where });
  };
  const distributions = root.section('distribution');
  const section = distributions?.section('firstlight');
  for (const other of distributions?.keys() ?? []) distributions?.value(other);
  const instrumentations = options(section?.section('instrumentation'), origin);
  put('disabled', root.flag('disabled'), root.where('disabled'));
  put('log_level', level(root.text('log_level')), root.where('log_level'));
  for (const key of section?.keys() ?? [])
    put(`${OWN_SECTION}.${key}`, section?.value(key), section?.where(key) ?? key);
  const languages = root.section('instrumentation/development');
  for (const other of OTHER_LANGUAGES) languages?.value(other);
  instrumentations.push(...options(languages?.section('js'), origin));
  const http = languages?.section('general')?.section('http');
  for (const side of ['server', 'client'] as const) {
    const half = http?.section(side);
    if (half === undefined) continue;
    if (side === 'server') put(KNOWN_METHODS, half.texts('known_methods'), half.where('known_methods'));
    for (const kind of ['request', 'response'] as const) {
      const key = `${kind}_captured_headers`;
      const names = half.texts(key);
      if (names === undefined) continue;
      const option = `headersToSpanAttributes.${side}.${kind}Headers`;
      instrumentations.push({ name: 'http', option, text: names.join(','), origin, where: half.where(key) });
    }
  }
  return { own, instrumentations, put };
}

const KNOWN_METHODS = 'instrumentation/development.general.http.server.known_methods';

const OTHER_LANGUAGES = ['cpp', 'dotnet', 'erlang', 'go', 'java', 'php', 'python', 'ruby', 'rust', 'swift'];

/** `{ <name>: { <option>: <value>, <option>: { <option>: <value> } } }` */
function options(section: Section | undefined, origin: Origin): Given[] {
  return (section?.keys() ?? []).flatMap((name) => {
    const below = section?.section(name);
    return below === undefined ? [] : optionsBelow(name, below, [], origin);
  });
}

function optionsBelow(name: string, section: Section, path: readonly string[], origin: Origin): Given[] {
  return section.keys().flatMap((key): Given[] => {
    const option = [...path, key].join('.');
    const nested = section.mapping(key);
    if (nested !== undefined) return optionsBelow(name, nested, [...path, key], origin);
    const value = section.value(key);
    const text = format(value);
    return value === undefined ? [] : [{ name, option, text, origin, where: shown(section.where(key), text, false) }];
  });
}

/** https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
function level(severity: string | undefined): string | undefined {
  const name = severity?.replace(/\d$/, '');
  return name === 'trace' ? 'verbose' : name === 'fatal' ? 'none' : name;
}
