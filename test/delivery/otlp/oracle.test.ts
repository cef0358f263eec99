/** Both encodings of both signals against those of `otlp-transformer`: the same bytes, the same JSON. */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Link } from '@opentelemetry/api';
import {
  JsonLogsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import type { OpenBatch } from '../../../src/delivery/otlp/encoding.ts';
import { jsonLogs, jsonSpans } from '../../../src/delivery/otlp/json.ts';
import { protobufLogs, protobufSpans } from '../../../src/delivery/otlp/protobuf.ts';
import { randomItems } from './random-items.ts';

const ITEMS = 3000;
/** `FUZZ_SEED` repeats a run. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

const resource = resourceFromAttributes(
  { 'service.name': 'größe', list: ['a', 'b'], yes: true, 'process.pid': 1234, ratio: 0.5 },
  { schemaUrl: 'https://opentelemetry.io/schemas/1.40.0' },
);

interface Serializer<Item> {
  serializeRequest(items: Item[]): Uint8Array | undefined;
}

function seal<Item>(batch: OpenBatch<Item>, items: readonly Item[]): Uint8Array {
  for (const item of items) expect(batch.add(item, Infinity)).toBe(true);
  expect(batch.items).toBe(items.length);
  const body = batch.seal();
  expect([batch.items, batch.bytes]).toEqual([0, 0]);
  return body;
}

function expectSameBytes<Item>(batch: OpenBatch<Item>, theirs: Serializer<Item>, items: readonly Item[]): void {
  const [our, their] = [seal(batch, items), theirs.serializeRequest([...items])!];
  expect(our.buffer.byteLength).toBe(our.length);
  if (Buffer.compare(our, their) !== 0)
    expect(Buffer.from(our).toString('latin1')).toBe(Buffer.from(their).toString('latin1'));
}

function expectSameJson<Item>(batch: OpenBatch<Item>, theirs: Serializer<Item>, items: readonly Item[]): void {
  const [our, their] = [seal(batch, items), theirs.serializeRequest([...items])!];
  expect(our.buffer.byteLength).toBe(our.length);
  expect(parse(our, (number) => (typeof number === 'string' ? null : number))).toEqual(
    parse(their, (number) => number),
  );
}

/**
 * Where ours is another on purpose. Of what upstream writes a receiver refuses the whole request: NaN and infinities are
 * `null` (ours: text, which `doubleValue` is given of it), an `intValue` may be more than 64 bits long, and the halves of
 * surrogate pairs are escaped.
 */
function parse(json: Uint8Array, doubleValue: (value: unknown) => unknown): unknown {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json), (_key, value: unknown) => {
    if (typeof value === 'string') return value.toWellFormed();
    if (typeof value !== 'object' || value === null) return value;
    if ('intValue' in value && Math.abs(value.intValue as number) >= 2 ** 63 && value.intValue !== -(2 ** 63)) {
      return { doubleValue: value.intValue };
    }
    return 'doubleValue' in value ? { doubleValue: doubleValue(value.doubleValue) } : value;
  });
}

test(`${ITEMS} random spans, seed ${SEED}`, () => {
  const { span } = randomItems(SEED, resource);
  const [protobuf, json] = [protobufSpans(resource), jsonSpans(resource)];
  for (let left = ITEMS, size = 1; left > 0; left -= size, size = 1 + ((size * 7) % 300)) {
    const items = Array.from({ length: size }, span);
    expectSameBytes(protobuf, ProtobufTraceSerializer, items);
    expectSameJson(json, JsonTraceSerializer, items);
  }
});

test(`${ITEMS} random log records, seed ${SEED}`, () => {
  const { log } = randomItems(SEED, resource);
  const [protobuf, json] = [protobufLogs(resource), jsonLogs(resource)];
  for (let left = ITEMS, size = 1; left > 0; left -= size, size = 1 + ((size * 7) % 300)) {
    const items = Array.from({ length: size }, log);
    expectSameBytes(protobuf, ProtobufLogsSerializer, items);
    expectSameJson(json, JsonLogsSerializer, items);
  }
});

test('spans that the SDK made', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource,
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
    spanLimits: { attributeCountLimit: 4, eventCountLimit: 1, linkCountLimit: 1 },
  });
  const tracer = provider.getTracer('scope', '1.2.3', { schemaUrl: 'https://example.test/1' });
  const parent = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
  const link: Link = { context: { ...parent, isRemote: true }, attributes: { why: 'linked' } };
  for (const kind of Object.values(SpanKind).filter((kind) => typeof kind === 'number')) {
    const context = trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: kind === SpanKind.SERVER });
    const span = tracer.startSpan(`kind ${kind}`, { kind, links: [link, link], startTime: [1, 999_999_999] }, context);
    span.setAttributes({
      text: 'a',
      whole: 2 ** 60,
      part: 0.1,
      list: ['a', null, undefined],
      map: { deep: [1, true] },
    });
    span.addEvent('first').addEvent('second', { n: 1 }, new Date(0));
    if (kind === SpanKind.CLIENT) span.setStatus({ code: SpanStatusCode.ERROR, message: 'größe' });
    if (kind === SpanKind.SERVER) span.recordException(new TypeError('wrong'));
    span.end();
    provider.getTracer('other').startSpan('root').end();
  }
  const spans = exporter.getFinishedSpans();
  expect(spans).toHaveLength(10);
  expectSameBytes(protobufSpans(resource), ProtobufTraceSerializer, spans);
  expectSameJson(jsonSpans(resource), JsonTraceSerializer, spans);
});

test('log records that the SDK made', () => {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter })] });
  const scoped = provider.getLogger('scoped', '1', { attributes: { team: 'a' } });
  for (const logger of [scoped, provider.getLogger('plain'), scoped]) {
    logger.emit({ body: 'text', severityNumber: 9, severityText: 'INFO', attributes: { n: 1, deep: { list: [1.5] } } });
    logger.emit({ body: { map: new Uint8Array([1, 2]), nothing: null }, eventName: 'event', timestamp: 0 });
    logger.emit({ exception: new TypeError('wrong') });
  }
  const logs = exporter.getFinishedLogRecords();
  expect(logs).toHaveLength(9);
  expectSameBytes(protobufLogs(resource), ProtobufLogsSerializer, logs);
  expectSameJson(jsonLogs(resource), JsonLogsSerializer, logs);
});

test('a resource without attributes and schema', () => {
  const empty = resourceFromAttributes({});
  const span = { ...randomItems(1, empty).span() };
  expectSameBytes(protobufSpans(empty), ProtobufTraceSerializer, [span]);
  expectSameJson(jsonSpans(empty), JsonTraceSerializer, [span]);
});

test('nothing at all', () => {
  expectSameBytes(protobufSpans(resource), ProtobufTraceSerializer, []);
  expectSameBytes(protobufLogs(resource), ProtobufLogsSerializer, []);
  expectSameJson(jsonSpans(resource), JsonTraceSerializer, []);
  expectSameJson(jsonLogs(resource), JsonLogsSerializer, []);
});
