/** Sends rows to a fixture of its own, and brings back what was answered and what arrived at a collector. */
import { startCollector, type Metric, type Span } from '../../support/collector.ts';
import { root, start } from '../../support/run.ts';
import { ask } from './client.ts';
import type { Row, ServerName } from './request.ts';

/** At once. Some rows wait on purpose; the machine may be small. */
const AT_ONCE = 8;

export interface Observed {
  /** Answered bytes by row. */
  readonly answers: ReadonlyMap<string, string>;
  /** Server spans by row, in the order of their paths. */
  readonly spans: ReadonlyMap<string, readonly Span[]>;
  /** Server spans that belong to no row. */
  readonly strays: readonly Span[];
  /** How often each metric was recorded, by name and attributes. */
  readonly measured: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly metrics: readonly Metric[];
  readonly stdout: string;
  readonly stderr: string;
}

export async function observe(
  requests: readonly Row[],
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Observed> {
  const collector = await startCollector();
  const { child, waitFor, finished } = start([`${root}/test/capture/oracle/fixtures/servers.cjs`], {
    flags,
    timeout: 50_000,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      ...env,
    },
  });
  try {
    const ports = JSON.parse((await waitFor(/^ports (.*)$/m))[1]!) as Record<ServerName, number>;
    const answers = new Map<string, string>();
    const waiting = requests.entries();
    const client = async (): Promise<void> => {
      for (const [index, row] of waiting) {
        const port = ports[row.to ?? 'plain'];
        answers.set(row.name, masked(await ask(row, port, `00-${traceIdOf(index)}-${CALLER}-01`)));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
    child.kill('SIGUSR2');
    const { stdout, stderr } = await finished;
    const servers = collector.spans().filter(({ kind }) => kind === 'server');
    const spans = new Map(
      requests.map(({ name }, index) => [
        name,
        servers.filter(({ traceId }) => traceId === traceIdOf(index)).toSorted(byPath),
      ]),
    );
    const known = new Set([...spans.values()].flat());
    return {
      answers,
      spans,
      strays: servers.filter((span) => !known.has(span)),
      measured: measuredIn(collector.metrics()),
      metrics: collector.metrics(),
      stdout: stdout.replace(/^ports .*\n/, ''),
      stderr,
    };
  } finally {
    child.kill('SIGKILL');
    await collector.close();
  }
}

const CALLER = 'a'.repeat(16);
const traceIdOf = (index: number): string => (index + 1).toString(16).padStart(32, '0');
const masked = (answer: string): string => answer.replaceAll(/^Date: .*$/gm, 'Date: now');

const pathOf = ({ attributes }: Span): string => String(attributes['url.path']);
const byPath = (a: Span, b: Span): number => (pathOf(a) < pathOf(b) ? -1 : pathOf(a) > pathOf(b) ? 1 : 0);

function measuredIn(metrics: readonly Metric[]): Observed['measured'] {
  const measured = new Map<string, Map<string, number>>();
  for (const { name, points } of metrics) {
    const counts = measured.get(name) ?? new Map<string, number>();
    measured.set(name, counts);
    for (const { attributes, count = 0 } of points) {
      const key = seriesOf(attributes);
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  }
  return measured;
}

/** Of the attributes of a span or a point: those that a duration has, in one order. */
export const seriesOf = (attributes: Span['attributes']): string =>
  [
    'http.request.method',
    'url.scheme',
    'network.protocol.version',
    'http.route',
    'http.response.status_code',
    'error.type',
  ]
    .map((key) => String(attributes[key] ?? '-'))
    .join(' ');
