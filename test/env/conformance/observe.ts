import { startCollector, tlsFiles, type Collector, type Signal } from '../../support/collector.ts';
import { logsOf, metricsOf, spansOf, type Message } from '../../support/otlp.ts';
import { register, run } from '../../support/run.ts';
import type { Case } from './cases.ts';

/** What arrived of one run and what the application saw, without what differs from run to run. */
export type Observation = Readonly<Record<Signal | 'seen' | 'console' | 'exit', unknown>>;

const here = import.meta.dirname;

export const upstream = (row: Case): Promise<Observation> => observe(row, `${here}/oracle.mjs`);
export const ours = (row: Case): Promise<Observation> => observe(row, register);

/** The oracle is without instrumentations; these two would add their own to what the application sends. */
const BASE = { OTEL_EXPORTER_OTLP_ENDPOINT: '{http}', OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'console,runtime-node' };

async function observe({ env, tls = false }: Case, preload: string): Promise<Observation> {
  const collector = await startCollector({ tls });
  try {
    const places: Readonly<Record<string, string>> = {
      http: collector.url,
      grpc: collector.grpcUrl,
      grpcHost: new URL(collector.grpcUrl).host,
      ca: tlsFiles.ca,
      key: tlsFiles.clientKey,
      cert: tlsFiles.clientCertificate,
    };
    const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (_, place: string) => places[place] ?? '');
    const filled = Object.entries({ ...BASE, ...env }).map(([name, text]) => [name, fill(text)]);
    const { code, signal, stdout } = await run([`${here}/app.mjs`], {
      env: Object.fromEntries(filled),
      flags: ['--import', preload],
    });
    const [, seen = 'null'] = /^SEEN (.*)$/m.exec(stdout) ?? [];
    return {
      traces: arrived(collector, 'traces', spansOf, ({ start: _start, end: _end, ...span }) => span),
      metrics: arrived(collector, 'metrics', metricsOf, (metric) =>
        metric.name === 'crowd' ? { ...metric, points: metric.points.length } : metric,
      ),
      logs: arrived(collector, 'logs', logsOf, (log) => log),
      seen: JSON.parse(seen) as unknown,
      console: stdout.match(/^ *(name|body): '(?!otel\.sdk\.|firstlight|process\.).*'/gm) ?? [],
      exit: code ?? signal,
    };
  } finally {
    await collector.close();
  }
}

interface Item {
  readonly name?: string;
  readonly body?: unknown;
  readonly scope: { readonly name: string };
  readonly resource: Readonly<Record<string, unknown>>;
}

/** Items by the order they came in; where they went and how is the same for all requests of a signal, or it shows. */
function arrived<T extends Item>(
  { requests }: Collector,
  signal: Signal,
  read: (message: Message) => T[],
  stable: (item: T) => object,
): unknown {
  const own = requests.filter((request) => request.signal === signal);
  const items = own.flatMap(({ payload }) => read(payload));
  const fixture = items.filter(ofFixture);
  const sizeOf = ({ payload }: { readonly payload: Message }): number => read(payload).filter(ofFixture).length;
  return {
    requests: unique(
      own.map(({ protocol, method, path, compression, client, headers }) => ({
        protocol,
        method,
        path,
        compression,
        client,
        headers: stableHeaders(headers),
      })),
    ),
    resource: unique(items.map(({ resource }) => stableResource(resource))),
    batches:
      signal === 'metrics' ? (own.length > 1 ? 'several' : own.length) : own.map(sizeOf).filter((size) => size > 0),
    items: (signal === 'metrics' ? lastOf(fixture) : fixture).map((item) => {
      const { resource: _resource, ...rest } = stable(item) as T;
      return rest;
    }),
    others: [...new Set(items.map(({ name = '' }) => name))].filter((name) => name.startsWith('otel.sdk.')).toSorted(),
  };
}

const ofFixture = ({ scope }: Item): boolean => scope.name === 'fixture';

/** Of metrics that came again and again, the last. */
const lastOf = <T extends Item>(items: readonly T[]): T[] => [
  ...new Map(items.map((item) => [item.name, item])).values(),
];

function unique(values: readonly object[]): unknown[] {
  return [...new Set(values.map((value) => JSON.stringify(value)))].map((text) => JSON.parse(text) as unknown);
}

/** Whether a body comes with its length or in chunks is the matter of a transport. */
function stableHeaders({
  host: _host,
  'content-length': _length,
  'transfer-encoding': _chunks,
  ...headers
}: Readonly<Record<string, string>>): Record<string, string> {
  const deadline = headers['grpc-timeout'];
  if (deadline === undefined) return headers;
  // Some milliseconds pass before the call is made.
  const milliseconds = Number.parseInt(deadline, 10) * (deadline.endsWith('S') ? 1000 : 1);
  return { ...headers, 'grpc-timeout': `${Math.ceil(milliseconds / 1000)} s` };
}

function stableResource(resource: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { 'process.pid': pid, 'service.instance.id': instance, ...rest } = resource;
  return {
    ...rest,
    ...(pid !== undefined && { 'process.pid': typeof pid }),
    ...(instance !== undefined && { 'service.instance.id': typeof instance }),
  };
}
