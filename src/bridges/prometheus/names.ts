/**
 * Names as Prometheus wants them: the specification's `UnderscoreEscapingWithSuffixes`.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
import { unitWords } from './units.ts';

/** What decides a suffix besides the unit. */
export type Suffix = 'total' | 'ratio' | undefined;

/** Characters of a name and of a unit that count: as many as OpenTelemetry allows an instrument, but does not enforce. */
const MAX_NAME = 256;
const MAX_UNIT = 63;

/**
 * `http.server.request.duration` in `s` → `http_server_request_duration_seconds`. Empty where nothing of the name is
 * left. Colons go too: they are reserved for recording rules.
 */
export function metricName(name: string, unit: string, suffix: Suffix): string {
  const words = name
    .slice(0, MAX_NAME)
    .split(/[^a-zA-Z0-9]+/)
    .filter((word) => word !== '');
  if (words.length === 0) return '';
  // The unit stands before the suffix of the type, also where the instrument's own name ends in that suffix.
  if (suffix !== undefined && words.length > 1 && words.at(-1) === suffix) words.pop();
  const [main, per] = unitWords(unit.slice(0, MAX_UNIT));
  if (main !== '' && !words.includes(main)) words.push(main);
  if (per !== '' && !words.includes(per)) words.push('per', per);
  if (suffix !== undefined && words.at(-1) !== suffix) words.push(suffix);
  const joined = words.join('_');
  return /^[0-9]/.test(joined) ? `_${joined}` : joined;
}

/** Attribute keys are few and come again with every point of every scrape. */
const known = new Map<string, string>();
const MAX_KNOWN = 1000;

/** `http.route` → `http_route`. Two keys may give the same name: labels.ts merges their values. */
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
  // These two mean a bucket and a quantile to Prometheus; its own prefix for a label that lost its name is this one.
  if (name === 'le' || name === 'quantile') return `exported_${name}`;
  if (name === '') return '_';
  return /^[0-9]/.test(name) ? `key_${name}` : name;
}
