/** Loggers: what they write carries the ids of the trace, and is sent as log records, once. */
import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { INSTALL_TIMEOUT } from '../support/install.ts';
import { FORMS, install, runFile, runLibrary } from './library.ts';

let folder = '';
beforeAll(async () => {
  folder = await install('libraries');
}, INSTALL_TIMEOUT);

const LOGGERS = [
  { specifier: 'pino', scope: '@opentelemetry/instrumentation-pino' },
  { specifier: 'winston', scope: '@opentelemetry/winston-transport' },
  { specifier: 'bunyan', scope: '@opentelemetry/instrumentation-bunyan' },
] as const;

describe.each(LOGGERS)('$specifier', ({ specifier, scope }) => {
  test.each(FORMS)('by %s: one log record with the trace of the request, and its ids in the line', async (form) => {
    const { spans, logs, end } = await runLibrary(folder, { specifier }, form);
    const server = spans.find(({ kind }) => kind === 'server');
    const [record, ...others] = logs.filter(({ body }) => body === 'from the logger');
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      severityNumber: 13,
      traceId: server?.traceId,
      spanId: server?.spanId,
      attributes: { answer: 42 },
      scope: { name: scope },
    });
    const line = end.stdout.split('\n').find((text) => text.includes('from the logger'));
    expect(JSON.parse(line ?? '')).toMatchObject({ trace_id: server?.traceId, span_id: server?.spanId });
    expect(end.stderr).toBe('');
    expect(end.code).toBe(0);
  });

  test('sends no records where a setting says so', async () => {
    const env = { [`FIRSTLIGHT_INSTRUMENTATION_${specifier.toUpperCase()}_DISABLE_LOG_SENDING`]: 'true' };
    const { logs, end } = await runLibrary(folder, { specifier }, 'require', { env });
    expect(logs.filter(({ body }) => body === 'from the logger')).toEqual([]);
    expect(end.stdout).toContain('from the logger');
  });
});

const printing = (): string => `${folder}/console.cjs`;

test('the console: a record for every line, with severity and trace', async () => {
  const { spans, logs } = await runFile(printing());
  const server = spans.find(({ kind }) => kind === 'server');
  expect(logs.map(({ severityNumber, body }) => [severityNumber, String(body).split('\n')[0]])).toEqual([
    [9, 'log 1 { a: 1 }'],
    [9, 'info'],
    [5, 'debug'],
    [13, 'warn'],
    [17, '[Error: failed]'],
    [9, '{ deep: { deeper: [Object] } }'],
    [17, 'Trace: trace'],
    [13, 'Assertion failed: assert'],
    [9, 'colour'],
  ]);
  for (const record of logs) expect(record).toMatchObject({ traceId: server?.traceId, spanId: server?.spanId });
  expect(logs[4]?.attributes).toMatchObject({ 'exception.type': 'Error', 'exception.message': 'failed' });
});

test('the console: what is printed stays the same to the byte', async () => {
  const { end } = await runFile(printing());
  const plain = spawnSync(process.execPath, [printing()], { encoding: 'utf8' });
  // The frames of a stack that lie outside the application differ: a request is instrumented there.
  const own = (text: string): string => text.replace(/^ +at (?!Server\.answer ).*\n/gm, '');
  expect(end.stdout).toBe(plain.stdout);
  expect(own(end.stderr)).toBe(own(plain.stderr));
  expect(end.stderr).toMatch(/Trace: trace\n +at Server\.answer /);
});

test('the console: nothing below the least severity is recorded', async () => {
  const { logs } = await runFile(printing(), { env: { FIRSTLIGHT_INSTRUMENTATION_CONSOLE_LOG_SEVERITY: '13' } });
  expect(logs.map(({ severityNumber }) => severityNumber)).toEqual([13, 17, 17, 13]);
});

test('the console: what the console exporters print is not recorded again', async () => {
  const env = { OTEL_LOGS_EXPORTER: 'otlp,console', OTEL_TRACES_EXPORTER: 'console', OTEL_BLRP_SCHEDULE_DELAY: '20' };
  const { logs, end } = await runFile(`${folder}/console-once.cjs`, { env });
  expect(logs.map(({ body }) => body)).toEqual(['only this']);
  expect(end.stdout.match(/body:/g)).toEqual(['body:']);
});
