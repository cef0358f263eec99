import type { AnyValue } from '@opentelemetry/api';
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';

/** Levels of a value, and entries of one of its levels: beyond these a log line is a dump. */
const DEPTH = 16;
const ENTRIES = 1000;

/**
 * The first processor of log records. What an application logs may lead back to itself (a request and its response), and
 * one such value would cost the whole batch its delivery: the encoder follows it until the stack ends.
 */
export const boundedBody: LogRecordProcessor = {
  onEmit(record) {
    // The SDK looks into attributes itself, not into the body.
    if (isObject(record.body)) record.setBody(bounded(record.body));
  },
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Uint8Array);

export function bounded(value: AnyValue, above: readonly unknown[] = []): AnyValue {
  if (!isObject(value)) return value;
  if (above.includes(value)) return '[circular]';
  if (above.length >= DEPTH) return '[deep]';
  const path = [...above, value];
  if (Array.isArray(value)) return value.slice(0, ENTRIES).map((entry) => bounded(entry as AnyValue, path));
  const result: Record<string, AnyValue> = {};
  for (const key of Object.keys(value).slice(0, ENTRIES)) result[key] = bounded(read(value, key), path);
  return result;
}

function read(value: object, key: string): AnyValue {
  try {
    return (value as Record<string, AnyValue>)[key];
  } catch {
    return '[unreadable]';
  }
}
