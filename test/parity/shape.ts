/** What must be the same in two runs of the same application: everything but ids, times and ports. */
import type { Span } from '../support/collector.ts';
import type { Observed } from './application.ts';

/** Other in every run, whatever the form. */
const VOLATILE = new Set(['network.peer.port', 'client.port', 'exception.stacktrace']);

interface Shape {
  readonly name: string;
  readonly kind: string;
  readonly parent: string;
  readonly scope: string;
  readonly status: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly string[];
}

export function spanShapes({ spans, appPort }: Observed): Shape[] {
  const name = (id: string): string =>
    spans.find(({ spanId }) => spanId === id)?.name ?? (id === '' ? 'none' : 'unknown');
  return spans
    .map((span) => ({
      name: span.name,
      kind: span.kind,
      parent: name(span.parentSpanId),
      scope: span.scope.name,
      status: span.status.code,
      attributes: stable(span.attributes, appPort),
      events: span.events.map((event) => event.name),
    }))
    .toSorted((a, b) => compare(JSON.stringify(a), JSON.stringify(b)));
}

const stable = (attributes: Span['attributes'], appPort: number): Shape['attributes'] =>
  Object.fromEntries(
    Object.entries(attributes)
      .filter(([key]) => !VOLATILE.has(key))
      .map(([key, value]) => [key, withoutPort(value, appPort)] as const)
      .toSorted(([a], [b]) => compare(a, b)),
  );

const withoutPort = (value: unknown, port: number): unknown =>
  value === port ? 'PORT' : typeof value === 'string' ? value.replaceAll(`:${port}`, ':PORT') : value;

/**
 * Every series of the page, without its value. The process's own command and ids are in `target_info`; which kinds of
 * garbage collection ran in a second, and which batches had left by then, is chance.
 */
export function series({ metricsPage, appPort }: Observed): string[] {
  const lines = metricsPage.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines
    .filter((line) => !/^(?:target_info|v8js_gc|otel_sdk_exporter_operation_duration)/.test(line))
    .map((line) => line.slice(0, line.lastIndexOf(' ')).replace(new RegExp(`(["':])${appPort}"`, 'g'), '$1PORT"'))
    .toSorted(compare);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
