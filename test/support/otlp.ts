/**
 * Decodes what an exporter sent, by the official .proto files (opentelemetry-proto 1.9.0) and not by the code that
 * encoded it, into a flat form that tests can read.
 */
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

export type Signal = 'traces' | 'metrics' | 'logs';
export type Plain = Record<string, unknown>;

interface Origin {
  readonly scope: { readonly name: string; readonly version: string; readonly attributes: Plain };
  /** Attributes of the resource. */
  readonly resource: Plain;
}

export interface Span extends Origin {
  readonly name: string;
  readonly kind: 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly traceState: string;
  /** Nanoseconds since 1970. */
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Plain;
  readonly status: { readonly code: 'unset' | 'ok' | 'error'; readonly message: string };
  readonly events: readonly { readonly name: string; readonly attributes: Plain; readonly dropped: number }[];
  readonly links: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly attributes: Plain;
    readonly dropped: number;
  }[];
  readonly dropped: { readonly attributes: number; readonly events: number; readonly links: number };
}

export interface Log extends Origin {
  readonly body: unknown;
  readonly eventName: string;
  readonly severityNumber: number;
  readonly severityText: string;
  /** Empty where there was no span. */
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly attributes: Plain;
  readonly droppedAttributes: number;
}

export interface Point {
  readonly attributes: Plain;
  /** Sums and gauges. */
  readonly value?: number;
  /** Histograms of both kinds. */
  readonly count?: number;
  readonly sum?: number;
  readonly bounds?: readonly number[];
  readonly bucketCounts?: readonly number[];
  readonly scale?: number;
}

export interface Metric extends Origin {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly type: 'sum' | 'gauge' | 'histogram' | 'exponentialHistogram' | 'summary';
  readonly temporality?: 'delta' | 'cumulative';
  readonly monotonic?: boolean;
  readonly points: readonly Point[];
}

const SERVICES = {
  traces: 'opentelemetry.proto.collector.trace.v1.ExportTraceService',
  metrics: 'opentelemetry.proto.collector.metrics.v1.ExportMetricsService',
  logs: 'opentelemetry.proto.collector.logs.v1.ExportLogsService',
} as const;

let schema: protobuf.Root | undefined;

function messageType(signal: Signal, way: 'Request' | 'Response'): protobuf.Type {
  if (schema === undefined) {
    schema = new protobuf.Root();
    schema.resolvePath = (_origin, target) => fileURLToPath(new URL(`proto/${target}`, import.meta.url));
    schema.loadSync(
      ['trace', 'metrics', 'logs'].map((name) => `opentelemetry/proto/collector/${name}/v1/${name}_service.proto`),
    );
  }
  return schema.lookupType(SERVICES[signal] + way);
}

/** The message in the form of OTLP/JSON, but ids as bytes. Throws on what is not a message of that signal. */
export function decodeProtobuf(signal: Signal, body: Uint8Array): Message {
  const type = messageType(signal, 'Request');
  return type.toObject(type.decode(body), { longs: String }) as Message;
}

/** What a client sends. */
export const encodeRequest = (signal: Signal, request: Plain): Uint8Array<ArrayBuffer> =>
  encode(messageType(signal, 'Request'), request);

/** What a collector answers. */
export const encodeResponse = (signal: Signal, response: Plain): Uint8Array<ArrayBuffer> =>
  encode(messageType(signal, 'Response'), response);

function encode(type: protobuf.Type, message: Plain): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(type.encode(type.fromObject(message)).finish());
}

/** Any message, as little as is read here; OTLP/JSON leaves out what is empty. */
export type Message = { readonly [key: string]: Message[] & Message & string & number & boolean };

const list = (value: Message[] | undefined): readonly Message[] => value ?? [];
const hex = (id: unknown): string =>
  typeof id === 'string' ? id : Buffer.from((id ?? []) as Uint8Array).toString('hex');
const numbers = (value: readonly unknown[] | undefined): number[] => (value ?? []).map(Number);

function attributes(pairs: Message[] | undefined): Plain {
  return Object.fromEntries(list(pairs).map(({ key, value }) => [key, anyValue(value)]));
}

function anyValue(value: Message | undefined): unknown {
  const [kind, content] = Object.entries(value ?? {})[0] ?? [];
  if (kind === 'intValue') return Number(content);
  if (kind === 'arrayValue') return list(content?.['values']).map(anyValue);
  if (kind === 'kvlistValue') return attributes(content?.['values']);
  return content;
}

/** What lies in `resource<Signal> → scope<Signal> → items`, each with its origin. */
function flatten<T>(
  message: Message,
  group: string,
  inner: string,
  items: string,
  read: (item: Message, origin: Origin) => T,
): T[] {
  return list(message[group]).flatMap((ofResource) =>
    list(ofResource[inner]).flatMap((ofScope) => {
      const { name = '', version = '', attributes: pairs } = (ofScope['scope'] ?? {}) as Message;
      const origin = {
        scope: { name, version, attributes: attributes(pairs) },
        resource: attributes(ofResource['resource']?.['attributes']),
      };
      return list(ofScope[items]).map((item) => read(item, origin));
    }),
  );
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const CODES = ['unset', 'ok', 'error'] as const;

export function spansOf(message: Message): Span[] {
  return flatten(message, 'resourceSpans', 'scopeSpans', 'spans', (span, origin) => ({
    name: span['name'] ?? '',
    kind: KINDS[span['kind'] ?? 0] ?? 'unspecified',
    traceId: hex(span['traceId']),
    spanId: hex(span['spanId']),
    parentSpanId: hex(span['parentSpanId']),
    traceState: span['traceState'] ?? '',
    start: BigInt(span['startTimeUnixNano'] ?? 0),
    end: BigInt(span['endTimeUnixNano'] ?? 0),
    attributes: attributes(span['attributes']),
    status: { code: CODES[span['status']?.['code'] ?? 0] ?? 'unset', message: span['status']?.['message'] ?? '' },
    events: list(span['events']).map((event) => ({
      name: event['name'] ?? '',
      attributes: attributes(event['attributes']),
      dropped: event['droppedAttributesCount'] ?? 0,
    })),
    links: list(span['links']).map((link) => ({
      traceId: hex(link['traceId']),
      spanId: hex(link['spanId']),
      attributes: attributes(link['attributes']),
      dropped: link['droppedAttributesCount'] ?? 0,
    })),
    dropped: {
      attributes: span['droppedAttributesCount'] ?? 0,
      events: span['droppedEventsCount'] ?? 0,
      links: span['droppedLinksCount'] ?? 0,
    },
    ...origin,
  }));
}

export function logsOf(message: Message): Log[] {
  return flatten(message, 'resourceLogs', 'scopeLogs', 'logRecords', (log, origin) => ({
    body: anyValue(log['body']),
    eventName: log['eventName'] ?? '',
    severityNumber: log['severityNumber'] ?? 0,
    severityText: log['severityText'] ?? '',
    traceId: hex(log['traceId']),
    spanId: hex(log['spanId']),
    flags: log['flags'] ?? 0,
    attributes: attributes(log['attributes']),
    droppedAttributes: log['droppedAttributesCount'] ?? 0,
    ...origin,
  }));
}

const TYPES = ['sum', 'gauge', 'histogram', 'exponentialHistogram', 'summary'] as const;
const TEMPORALITIES = [undefined, 'delta', 'cumulative'] as const;

export function metricsOf(message: Message): Metric[] {
  return flatten(message, 'resourceMetrics', 'scopeMetrics', 'metrics', (metric, origin) => {
    const type = TYPES.find((candidate) => metric[candidate] !== undefined) ?? 'gauge';
    const data = metric[type] ?? ({} as Message);
    const temporality = TEMPORALITIES[data['aggregationTemporality'] ?? 0];
    return {
      name: metric['name'] ?? '',
      description: metric['description'] ?? '',
      unit: metric['unit'] ?? '',
      type,
      ...(temporality !== undefined && { temporality }),
      ...(type === 'sum' && { monotonic: Boolean(data['isMonotonic']) }),
      points: list(data['dataPoints']).map(pointOf),
      ...origin,
    };
  });
}

function pointOf(point: Message): Point {
  const value = point['asDouble'] ?? point['asInt'];
  return {
    attributes: attributes(point['attributes']),
    ...(value !== undefined && { value: Number(value) }),
    ...(point['count'] !== undefined && { count: Number(point['count']) }),
    ...(point['sum'] !== undefined && { sum: Number(point['sum']) }),
    ...(point['explicitBounds'] !== undefined && { bounds: numbers(point['explicitBounds']) }),
    ...(point['bucketCounts'] !== undefined && { bucketCounts: numbers(point['bucketCounts']) }),
    ...(point['scale'] !== undefined && { scale: point['scale'] }),
  };
}

const LEVELS = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
} as const;

/** Spans, log records, or points of metrics. */
export function countItems(signal: Signal, message: Message): number {
  const [group, inner, items] = LEVELS[signal];
  const all = list(message[group]).flatMap((ofResource) =>
    list(ofResource[inner]).flatMap((ofScope) => list(ofScope[items])),
  );
  if (signal !== 'metrics') return all.length;
  const points = all.flatMap((metric) => TYPES.map((type) => list(metric[type]?.['dataPoints']).length));
  return points.reduce((sum, count) => sum + count, 0);
}
