/**
 * Families as OpenMetrics 1.0, with exemplars: a bucket or a counter links to a trace that is in it.
 * https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
import type { Exemplar } from '../../collected.ts';
import { newer, type Exemplars } from '../../exemplars.ts';
import { escapedText, isLegacy, quoted } from './escaping.ts';
import type { Family } from './families.ts';
import { noExemplar, numberText, samples } from './samples.ts';
import { MAX_HELP } from './text.ts';

const TOTAL = '_total';
const INFO = '_info';

/** Yields a piece at a time; only the whole of them is the format, for it says at its end that it is complete. */
export function* openMetrics(families: readonly Family[]): Generator<string> {
  const names = new Set(families.map(({ name }) => name));
  for (const family of families) {
    const [name, type] = headOf(family, names);
    const shown = isLegacy(name) ? name : quoted(name);
    const unit = family.unit === '' || !name.endsWith(family.unit) ? '' : `# UNIT ${shown} ${family.unit}\n`;
    const help = escapedText(family.help.slice(0, MAX_HELP));
    yield `# TYPE ${shown} ${type}\n${unit}# HELP ${shown} ${help}\n`;
    // Prometheus rejects the whole scrape for an exemplar of anything but a counter or a histogram.
    yield* samples(family, type === 'unknown' ? noExemplar : exemplarText);
  }
  yield '# EOF\n';
}

/** The suffixes of some types are not part of their names here; who lacks his, or whose name is taken, has no type. */
function headOf({ name, type }: Family, names: ReadonlySet<string>): readonly [name: string, type: string] {
  const suffix = type === 'counter' ? TOTAL : type === 'info' ? INFO : '';
  if (suffix === '') return [name, type];
  const base = name.slice(0, -suffix.length);
  return name.endsWith(suffix) && !names.has(base) ? [base, type] : [name, 'unknown'];
}

function exemplarText(exemplars: Exemplars | undefined, above: number, upTo: number): string {
  let newest: Exemplar | undefined;
  for (const exemplar of exemplars ?? []) {
    if (exemplar === undefined || exemplar.value <= above || exemplar.value > upTo) continue;
    newest = newer(newest, exemplar);
  }
  if (newest === undefined) return '';
  const { value, time, traceId, spanId } = newest;
  const ids = traceId === '' ? '' : `trace_id="${traceId}",span_id="${spanId}"`;
  return ` # {${ids}} ${numberText(value)} ${time / 1000}`;
}
