import { expect, test } from 'vitest';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { JsonLogsSerializer } from '@opentelemetry/otlp-transformer';
import type { AnyValue } from '@opentelemetry/api';
import { boundedBody } from '../../src/signals/bounded-body.ts';

function logged(body: AnyValue) {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ processors: [boundedBody, new SimpleLogRecordProcessor({ exporter })] });
  provider.getLogger('test').emit({ body });
  const [record] = exporter.getFinishedLogRecords();
  // Encoded it must be, whatever was logged.
  expect(JsonLogsSerializer.serializeRequest(exporter.getFinishedLogRecords())).toBeInstanceOf(Uint8Array);
  return record;
}

test('what leads back to itself is cut where it does', () => {
  const request: Record<string, AnyValue> = { url: '/' };
  request['res'] = { req: request };
  expect(logged(request)?.body).toEqual({ url: '/', res: { req: '[circular]' } });
});

test('the same value twice side by side is no circle', () => {
  const user = { id: 1 };
  expect(logged({ from: user, to: user })?.body).toEqual({ from: { id: 1 }, to: { id: 1 } });
});

test('what is too deep or too wide is cut', () => {
  let deep: AnyValue = 'end';
  for (let level = 0; level < 5000; level++) deep = { deep };
  expect(JSON.stringify(logged(deep)?.body)).toMatch(/^(\{"deep":){16}"\[deep\]"\}{16}$/);
  expect(logged(Array.from({ length: 5000 }, () => 1))?.body).toHaveLength(1000);
});

test('a getter that throws costs its value alone', () => {
  const body = {
    fine: 1,
    get bad(): never {
      throw new Error('no');
    },
  };
  expect(logged(body)?.body).toEqual({ fine: 1, bad: '[unreadable]' });
});

test('text, numbers and bytes stay what they are', () => {
  const bytes = new Uint8Array([1, 2]);
  expect(logged('line')?.body).toBe('line');
  expect(logged({ n: 1, yes: true, bytes })?.body).toEqual({ n: 1, yes: true, bytes });
});
