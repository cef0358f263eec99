import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';

/** Just enough of OTLP/JSON to count what comes in and to draw a trace. */
export interface SeenSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 2 is a server, 3 a client, 4 a producer, 5 a consumer. */
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status?: { readonly code?: number };
}

export interface Seen {
  readonly spans: SeenSpan[];
  readonly logs: { readonly traceId?: string }[];
  readonly metrics: Set<string>;
}

interface Keyed {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

interface Resourced {
  readonly resource?: { readonly attributes?: readonly Keyed[] };
}

interface Export {
  readonly resourceSpans?: readonly (Resourced & { scopeSpans: { spans: Omit<SeenSpan, 'service'>[] }[] })[];
  readonly resourceLogs?: readonly { scopeLogs: { logRecords: { traceId?: string }[] }[] }[];
  readonly resourceMetrics?: readonly { scopeMetrics: { metrics: { name: string }[] }[] }[];
}

/** Takes OTLP in JSON and keeps it in memory: a demo's stand-in for a Collector. */
export async function startReceiver(port: number): Promise<{ readonly seen: Seen; stop(): void }> {
  const seen: Seen = { spans: [], logs: [], metrics: new Set() };
  const server = createServer((request, response) => {
    receive(request, seen).then(
      () => response.setHeader('content-type', 'application/json').end('{}'),
      () => response.writeHead(400).end(),
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { seen, stop };
}

async function receive(request: IncomingMessage, seen: Seen): Promise<void> {
  const body = (await json(request)) as Export;
  for (const { resource, scopeSpans } of body.resourceSpans ?? []) {
    const service = resource?.attributes?.find(({ key }) => key === 'service.name')?.value.stringValue ?? 'unknown';
    for (const { spans } of scopeSpans) seen.spans.push(...spans.map((span) => ({ ...span, service })));
  }
  for (const { scopeLogs } of body.resourceLogs ?? [])
    for (const { logRecords } of scopeLogs) seen.logs.push(...logRecords);
  for (const { scopeMetrics } of body.resourceMetrics ?? []) {
    for (const { metrics } of scopeMetrics) for (const { name } of metrics) seen.metrics.add(name);
  }
}
