import { logs } from '@opentelemetry/api-logs';
import type { LoggerProvider } from '@opentelemetry/api';
import {
  InMemoryLogRecordExporter,
  LoggerProvider as SdkLoggerProvider,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import { expect, test } from 'vitest';
import { bridgeApiLogs } from '../../src/instrumentations/api-logs.ts';

function recorder(): { provider: LoggerProvider; bodies: () => unknown[] } {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new SdkLoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  return { provider, bodies: () => exporter.getFinishedLogRecords().map(({ body }) => body) };
}

test('what is written to the former logs API arrives, until it is taken back', () => {
  const { provider, bodies } = recorder();
  const early = logs.getLogger('before');
  const takeBack = bridgeApiLogs(provider);
  logs.getLogger('after').emit({ body: 'after' });
  takeBack();
  logs.getLogger('late').emit({ body: 'late' });
  expect(bodies()).toEqual(['after']);
  expect(early).toBeDefined();
});

test('a provider that the application registered keeps its place', () => {
  const theirs = recorder();
  const ours = recorder();
  logs.setGlobalLoggerProvider(theirs.provider);
  const takeBack = bridgeApiLogs(ours.provider);
  logs.getLogger('app').emit({ body: 'theirs' });
  takeBack();
  logs.getLogger('app').emit({ body: 'theirs still' });
  logs.disable();
  expect(theirs.bodies()).toEqual(['theirs', 'theirs still']);
  expect(ours.bodies()).toEqual([]);
});
