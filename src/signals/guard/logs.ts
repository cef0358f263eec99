import type { LogRecord } from '@opentelemetry/api';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import { bounded } from '../bounded-body.ts';
import { attempt, guard, guardProvider } from './guard.ts';

export function guardLogs(): void {
  guardProvider('LoggerProvider', LoggerProvider.prototype, 'getLogger', (logger) => {
    guard('Logger', logger, 'emit', (self, emit, record) => emit.call(self, essence(record as LogRecord)));
    guard('Logger', logger, 'enabled', () => true);
  });
}

/** What a record says, where its attributes, its time or its context have failed. */
function essence({ body, severityNumber, severityText, eventName }: LogRecord): object {
  return { body: attempt(() => bounded(body)) ?? '[unreadable]', severityNumber, severityText, eventName };
}
