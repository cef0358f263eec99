/** Writes docs/metrics.md from the catalogue of metrics; `--check` fails if the page is not what it would write. */
import { metricName } from '../src/bridges/prometheus/names.ts';
import { catalogue, type Row } from '../src/metrics/catalogue.ts';
import { createDerive } from '../src/metrics/derive.ts';
import { dependencies } from '../src/metrics/dependencies.ts';
import { guideNames } from '../src/metrics/guide-names.ts';
import type { Derivation } from '../src/metrics/derivation.ts';
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

const derived = ({ name, type, help, labels, from }: Derivation): string[] => [
  code(name),
  type,
  help,
  list(labels),
  list(typeof from === 'string' ? [from] : from),
];

const apdexThreshold = 0.5;
const objectives = { availability: 0.999, latency: [{ objective: 0.95, within: 500 }] };
const gauges = [...createDerive({ guide: [], apdexThreshold, objectives })([])].map(({ name, type, help, series }) => [
  code(name),
  type,
  help,
  list([...series.keys()].flatMap(Object.keys).slice(0, 1)),
  code('http.server.request.duration'),
]);

const head = ['on /metrics', 'type', 'meaning', 'labels', 'made of'];

const page = `<!-- Written by tools/docs-metrics.ts from src/metrics/catalogue.ts; change it there. -->

# Metrics

What Firstlight measures with nothing to switch on, beside what the application measures itself. The first name is that on
\`/metrics\`, the second OpenTelemetry's, under which it is sent by OTLP. The last column says what is served where several
processes share one \`/metrics\`.

${table(['on /metrics', 'OpenTelemetry', 'type', 'meaning', 'attributes', 'measured by', 'of several processes'], rows)}

## The names that dashboards are written for

Made of the metrics above when somebody scrapes, so that they cost a request nothing. \`FIRSTLIGHT_METRIC_NAMES=semconv\` leaves
them out, \`guide\` serves them alone. A metric of that name that the application has itself takes the place of ours.

${table(head, guideNames({ slowQuery: 1 }).map(derived))}

## Also derived

What this service depends on, Apdex, and objectives once \`FIRSTLIGHT_SLO_AVAILABILITY\` or \`FIRSTLIGHT_SLO_LATENCY\` is set.

${table(head, [...dependencies.map(derived), ...gauges])}
`;

writeOrCheck('docs/metrics.md', 'src/metrics/catalogue.ts', page);
