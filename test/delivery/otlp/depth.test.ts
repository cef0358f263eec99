import type { AnyValue } from '@opentelemetry/api';
import { emptyResource } from '@opentelemetry/resources';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { jsonLogs, jsonSpans } from '../../../src/delivery/otlp/json.ts';
import { protobufLogs, protobufSpans } from '../../../src/delivery/otlp/protobuf.ts';
import { decodeProtobuf, logsOf, spansOf, type Message } from '../../support/otlp.ts';

function nested(levels: number): AnyValue {
  let value: AnyValue = 'end';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? { value } : [value];
  return value;
}

const depth = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(...Object.values(value).map(depth)) : 0;

const attributes = { deep: nested(200), fits: nested(16), flat: 'x', list: ['a'] };

function spans() {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const context = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 };
  provider
    .getTracer('test')
    .startSpan('work', { attributes, links: [{ context, attributes }] })
    .end();
  return exporter.getFinishedSpans();
}

function logs() {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  provider.getLogger('test').emit({ body: nested(200), attributes });
  return exporter.getFinishedLogRecords();
}

const parsed = (body: Uint8Array): Message => JSON.parse(Buffer.from(body).toString()) as Message;

test.each([
  ['protobuf', protobufSpans, (body: Uint8Array) => decodeProtobuf('traces', body)],
  ['JSON', jsonSpans, parsed],
])('what is nested deeper than receivers read is cut in spans, in %s', (_name, open, decode) => {
  const batch = open(emptyResource());
  for (const span of spans()) expect(batch.add(span, Infinity)).toBe(true);
  const [span] = spansOf(decode(batch.seal()));
  for (const kept of [span!.attributes, span!.links[0]!.attributes]) {
    expect(depth(kept['deep'])).toBe(16);
    expect(JSON.stringify(kept['deep'])).toContain('"[deep]"');
    expect({ ...kept, deep: 0 }).toEqual({ ...attributes, deep: 0 });
  }
});

test.each([
  ['protobuf', protobufLogs, (body: Uint8Array) => decodeProtobuf('logs', body)],
  ['JSON', jsonLogs, parsed],
])('and in log records, in %s', (_name, open, decode) => {
  const batch = open(emptyResource());
  for (const log of logs()) expect(batch.add(log, Infinity)).toBe(true);
  const [log] = logsOf(decode(batch.seal()));
  expect([depth(log!.body), depth(log!.attributes['deep']), depth(log!.attributes['fits'])]).toEqual([16, 16, 16]);
});

test('what leads back to itself ends there too', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = [cyclic];
  const [log] = logs();
  for (const open of [protobufLogs, jsonLogs]) {
    const batch = open(emptyResource());
    expect(
      batch.add(Object.create(log!, { attributes: { value: { cyclic } } }) as NonNullable<typeof log>, Infinity),
    ).toBe(true);
    expect(batch.seal().length).toBeLessThan(2000);
  }
});
