/**
 * Names as Prometheus wants them, by the translation strategies of the specification.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
import type { TRANSLATIONS } from '../../config/names.ts';
import { escapeName, type Escaping } from './escaping.ts';
import { unitWords } from './units.ts';

export type Translation = (typeof TRANSLATIONS)[number];

/** What decides a suffix besides the unit. */
export type Suffix = 'total' | 'ratio' | undefined;

/** Characters of a name and of a unit that count: as many as OpenTelemetry allows an instrument, but does not enforce. */
const MAX_NAME = 256;
const MAX_UNIT = 63;

export interface Naming {
  /** Empty where nothing of the name is left. */
  metric(name: string, unit: string, suffix: Suffix): string;
  /** Two keys may give the same name: labels.ts merges their values. */
  label(key: string): string;
}

export function createNaming(translation: Translation, escaping: Escaping): Naming {
  switch (translation) {
    case 'underscore_escaping_with_suffixes':
      return { metric: metricName, label: labelName };
    case 'underscore_escaping_without_suffixes':
      return { metric: (name) => joined(wordsOf(name)), label: labelName };
    case 'no_utf8_escaping_with_suffixes':
      return { metric: (name, unit, suffix) => escapeName(suffixed(name, unit, suffix), escaping), label };
    default:
      return { metric: (name) => escapeName(bounded(name), escaping), label };
  }
  function label(key: string): string {
    // What was escaped may be reserved again.
    return reserved(escapeName(reserved(bounded(key)), escaping));
  }
}

const bounded = (name: string): string => name.slice(0, MAX_NAME).toWellFormed();

/**
 * `http.server.request.duration` in `s` → `http_server_request_duration_seconds`. Colons go too: they are reserved for
 * recording rules.
 */
export function metricName(name: string, unit: string, suffix: Suffix): string {
  const words = wordsOf(name);
  if (words.length === 0) return '';
  // The unit stands before the suffix of the type, also where the instrument's own name ends in that suffix.
  if (suffix !== undefined && words.length > 1 && words.at(-1) === suffix) words.pop();
  const [main, per] = unitWords(unit.slice(0, MAX_UNIT));
  if (main !== '' && !words.includes(main)) words.push(main);
  if (per !== '' && !words.includes(per)) words.push('per', per);
  if (suffix !== undefined && words.at(-1) !== suffix) words.push(suffix);
  return joined(words);
}

const wordsOf = (name: string): string[] =>
  name
    .slice(0, MAX_NAME)
    .split(/[^a-zA-Z0-9]+/)
    .filter((word) => word !== '');

function joined(words: readonly string[]): string {
  const name = words.join('_');
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** The name stays as it is, but for what Prometheus wants at its end. */
function suffixed(name: string, unit: string, suffix: Suffix): string {
  let text = bounded(name);
  if (suffix !== undefined && text !== suffix && /[._]$/.test(text.slice(0, -suffix.length)) && text.endsWith(suffix)) {
    text = text.slice(0, -suffix.length - 1);
  }
  const [main, per] = unitWords(unit.slice(0, MAX_UNIT));
  if (main !== '' && !text.includes(main)) text += `_${main}`;
  if (per !== '' && !text.includes(per)) text += `_per_${per}`;
  return suffix === undefined || text === '' ? text : `${text}_${suffix}`;
}

/** Attribute keys are few and come again with every point of every scrape. */
const known = new Map<string, string>();
const MAX_KNOWN = 1000;

/** `http.route` → `http_route`. */
export function labelName(key: string): string {
  // One that is cut is not worth holding on to.
  if (key.length > MAX_NAME) return sanitizedLabel(key.slice(0, MAX_NAME));
  let name = known.get(key);
  if (name === undefined) {
    name = sanitizedLabel(key);
    if (known.size < MAX_KNOWN) known.set(key, name);
  }
  return name;
}

function sanitizedLabel(key: string): string {
  const name = key.replace(/[^a-zA-Z0-9]+/g, '_');
  if (name === '') return '_';
  // The prefix is Prometheus' own for a label that would begin with a digit.
  return /^[0-9]/.test(name) ? `key_${name}` : reserved(name);
}

/** These two mean a bucket and a quantile to Prometheus; its own prefix for a label that lost its name is this one. */
function reserved(name: string): string {
  if (name === 'le' || name === 'quantile') return `exported_${name}`;
  if (name === '__name__') return '_name_';
  return name === '' ? '_' : name;
}
