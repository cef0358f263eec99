/** What has arrived of the work of the fixtures. */
import type { Collector, Metric, Span } from '../support/collector.ts';
import type { Way } from './ways.ts';

export interface Telemetry {
  /** Paths of requests, and spans of work by name; sorted. */
  readonly spans: readonly string[];
  /** Lines of the console that tell of work; sorted. */
  readonly lines: readonly string[];
  /** What the counter says, of all processes together. */
  readonly counted: number;
}

export function expected({ requests, work, counted = work.length }: Way): Telemetry {
  return {
    spans: [...requests, ...work.map((name) => `work ${name}`)].toSorted(),
    lines: work.map((name) => `line ${name}`).toSorted(),
    counted,
  };
}

/** Requests that ended the process never ended themselves; whether they are told is not asked here. */
const ENDING = '/end';

/** What arrived more than once, less. */
export function once({ spans, lines, counted }: Telemetry): Telemetry {
  return { spans: [...new Set(spans)], lines: [...new Set(lines)], counted };
}

export function arrived(collector: Pick<Collector, 'spans' | 'logs' | 'metrics'>): Telemetry {
  return {
    spans: collector
      .spans()
      .map(nameOf)
      .filter((name) => name !== ENDING)
      .toSorted(),
    lines: collector
      .logs()
      .map(({ body }) => String(body))
      .filter((body) => body.startsWith('line '))
      .toSorted(),
    counted: countOf(collector.metrics()),
  };
}

const nameOf = ({ kind, name, attributes }: Span): string =>
  kind === 'server' ? String(attributes['url.path']) : name;

/** The counter is cumulative: of each process the last value is the sum. */
function countOf(metrics: readonly Metric[]): number {
  const last = new Map<string, number>();
  for (const { name, points, resource } of metrics) {
    if (name !== 'work.done') continue;
    const id = `${String(resource['service.instance.id'])} ${String(resource['process.pid'])}`;
    for (const { value = 0 } of points) last.set(id, Math.max(value, last.get(id) ?? 0));
  }
  return [...last.values()].reduce((sum, value) => sum + value, 0);
}
