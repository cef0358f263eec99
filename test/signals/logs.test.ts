import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SeverityNumber } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { afterEach, expect, test, vi } from 'vitest';
import { createLogs } from '../../src/signals/logs.ts';
import { startCollector, type Collector } from '../support/collector.ts';
import { batch, delivery, otlp } from './plans.ts';

const toOtlp = () => delivery().logRecordProcessor;

vi.mock('../../src/chunk.ts', () => import('../support/source-chunks.ts'));

let collector: Collector | undefined;
afterEach(async () => {
  await collector?.close();
  collector = undefined;
});

const resource = resourceFromAttributes({ 'service.name': 'shop' });
const limits = { attributeCount: 128 };

test('log records pass the other parts, then go out, with their limits', async () => {
  collector = await startCollector();
  const processor: LogRecordProcessor = {
    onEmit: (record) => void record.setAttribute('card', '***'),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const { provider, forceFlush, shutdown } = createLogs(
    { processors: [batch(otlp(`${collector.url}/v1/logs`))], limits: { attributeCount: 2, attributeValueLength: 4 } },
    resource,
    [{ name: 'test', logRecordProcessors: [processor] }],
    toOtlp(),
  );
  provider.getLogger('shop', '1.0.0').emit({
    body: 'paid',
    eventName: 'order.paid',
    severityNumber: SeverityNumber.INFO,
    severityText: 'info',
    attributes: { card: '4111', city: 'Hamburg', zip: '20095' },
  });
  await forceFlush();
  expect(collector.logs()).toMatchObject([
    {
      body: 'paid',
      eventName: 'order.paid',
      severityNumber: 9,
      severityText: 'info',
      attributes: { card: '***', city: 'Hamb' },
      droppedAttributes: 1,
      scope: { name: 'shop', version: '1.0.0' },
      resource: { 'service.name': 'shop' },
    },
  ]);
  await shutdown();
});

test('an attempt that is not answered ends after the time the plan allows', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const exporter = otlp(`http://127.0.0.1:${(silent.address() as AddressInfo).port}/v1/logs`, { timeout: 3000 });
  const plan = { processors: [{ ...batch(exporter), exportTimeout: 50 }], limits };
  const { provider, forceFlush } = createLogs(plan, resource, [], toOtlp());
  try {
    provider.getLogger('shop').emit({ body: 'one' });
    await expect(forceFlush()).rejects.toThrow('no answer within 50 ms');
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});

test('a simple processor sends each record at once', async () => {
  collector = await startCollector();
  const { provider } = createLogs(
    { processors: [{ kind: 'simple', exporter: otlp(`${collector.url}/v1/logs`) }], limits },
    resource,
    [],
    toOtlp(),
  );
  provider.getLogger('shop').emit({ body: 'one' });
  const seen = collector;
  await seen.waitFor(() => seen.logs().length === 1);
});

test('without an exporter other parts still see the records', () => {
  const seen: ReadableLogRecord[] = [];
  const processor: LogRecordProcessor = {
    onEmit: (record) => void seen.push(record),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const part = { name: 'test', logRecordProcessors: [processor] };
  const { provider } = createLogs({ processors: [], limits }, resource, [part], toOtlp());
  provider.getLogger('shop').emit({ body: 'one' });
  expect(seen.map((record) => record.body)).toEqual(['one']);
});
