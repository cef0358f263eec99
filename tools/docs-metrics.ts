/** Writes docs/metrics.md from the catalogue of metrics; `--check` fails if the page is not what it would write. */
import { metricName } from '../src/bridges/prometheus/names.ts';
import { catalogue, type Row } from '../src/metrics/catalogue.ts';
import { code, table, writeOrCheck } from './page.ts';

const list = (names: readonly string[]): string => names.map(code).join(', ');

function served(name: string, { type, unit }: Row): string {
  const suffix = type === 'counter' ? 'total' : type === 'gauge' && unit === '1' ? 'ratio' : undefined;
  return metricName(name, unit, suffix);
}

const ACROSS = { each: 'each', max: 'the highest', min: 'the lowest', sum: 'the sum' } as const;

const rows = Object.entries<Row>(catalogue).map(([name, row]) => [
  code(served(name, row)),
  code(name),
  row.type,
  row.doc,
  list(row.attributes),
  row.source,
  ACROSS[row.across ?? (row.type === 'gauge' ? 'each' : 'sum')],
]);

const page = `<!-- Written by tools/docs-metrics.ts from src/metrics/catalogue.ts; change it there. -->

# Metrics

What Firstlight measures with nothing to switch on, beside what the application measures itself. The first name is that on
\`/metrics\`, the second OpenTelemetry's, under which it is sent by OTLP. The last column says what is served where several
processes share one \`/metrics\`.

${table(['on /metrics', 'OpenTelemetry', 'type', 'meaning', 'attributes', 'measured by', 'of several processes'], rows)}
`;

writeOrCheck('docs/metrics.md', 'src/metrics/catalogue.ts', page);
