import type { Seen, SeenSpan } from './receiver.ts';

/** The widest trace that starts with a checkout, as lines of a tree. */
export function traceTree(spans: readonly SeenSpan[]): string[] {
  const size = (root: SeenSpan): number => spans.filter((span) => span.traceId === root.traceId).length;
  const root = spans
    .filter((span) => span.service === 'storefront' && !span.parentSpanId && span.name === 'POST /checkout')
    .toSorted((a, b) => size(b) - size(a))[0];
  if (root === undefined) return ['No trace of a checkout arrived.'];
  const trace = spans.filter((span) => span.traceId === root.traceId);
  return [`One checkout, trace ${root.traceId}`, ...branch(root, trace, '  ', '')];
}

function branch(span: SeenSpan, trace: readonly SeenSpan[], indent: string, fork: string): string[] {
  const children = trace
    .filter((other) => other.parentSpanId === span.spanId)
    .toSorted((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)));
  const label = `${indent}${fork}${span.name}`;
  const milliseconds = Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6;
  const failed = span.status?.code === 2 ? '  failed' : '';
  const line = `${label.padEnd(58)}${span.service.padEnd(12)}${milliseconds.toFixed(1).padStart(7)} ms${failed}`;
  const below = fork === '' ? indent : indent + (fork === '└ ' ? '  ' : '│ ');
  return [
    line,
    ...children.flatMap((child, index) => branch(child, trace, below, index === children.length - 1 ? '└ ' : '├ ')),
  ];
}

export function counts({ spans, logs, metrics }: Seen): string {
  const services = new Set(spans.map(({ service }) => service)).size;
  const correlated = logs.filter(({ traceId }) => traceId !== undefined && traceId !== '').length;
  return `Received ${spans.length} spans, ${logs.length} log records (${correlated} with a trace id) and ${metrics.size} metrics from ${services} services.`;
}

const SHOWN =
  /^(?:orders_created|payments_processed|user_signups)_total|^http_requests_total\{.*checkout|^http_server_request_duration\w*_count\{.*checkout/;

/** The lines of a `/metrics` page that a visitor of the shop recognises, with the labels that say something. */
export const knownMetrics = (page: string): string[] =>
  page
    .split('\n')
    .filter((line) => SHOWN.test(line))
    .map(
      (line) =>
        `  ${line
          .replace(/(?:otel_scope_\w+|network_protocol_version|url_scheme|server_\w+|error_type)="[^"]*",?/g, '')
          .replace(/,\}/, '}')
          .replace('{}', '')}`,
    );
