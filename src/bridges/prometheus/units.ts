/**
 * UCUM units as words of a Prometheus name. The words are those of Prometheus' own translator (otlptranslator), so
 * that a metric has one name whether it is scraped or pushed by OTLP.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1
 */
const WORDS: Readonly<Record<string, string>> = {
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  TiBy: 'tibibytes',
  KBy: 'kilobytes',
  kBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  TBy: 'terabytes',
  m: 'meters',
  V: 'volts',
  A: 'amperes',
  J: 'joules',
  W: 'watts',
  g: 'grams',
  Cel: 'celsius',
  Hz: 'hertz',
  '%': 'percent',
  // A ratio only on gauges, which names.ts decides: instruments of every kind carry "1" where they count things.
  '1': '',
};

const PER: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  min: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
};

/** `By/s` → `['bytes', 'second']`; annotations (`{request}`) are dropped, unknown units stay as they are. */
export function unitWords(unit: string): readonly [unit: string, per: string] {
  const [main = '', per = ''] = splitAtSlash(unit.replace(/\{[^{}]*\}/g, ''));
  return [word(WORDS, main), word(PER, per)];
}

function splitAtSlash(unit: string): readonly string[] {
  const slash = unit.indexOf('/');
  return slash < 0 ? [unit] : [unit.slice(0, slash), unit.slice(slash + 1)];
}

function word(table: Readonly<Record<string, string>>, part: string): string {
  const unit = part.trim();
  const known = Object.hasOwn(table, unit) ? table[unit] : undefined;
  return known ?? unit.replace(/[^a-zA-Z0-9]+/g, '_').replace(/^_|_$/g, '');
}
