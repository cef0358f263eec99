import { join } from 'node:path';
import { expect, test } from 'vitest';
import { config } from '../../src/cli/config.ts';
import { loadInTest } from '../config/load-in-test.ts';

const run = (env: Record<string, string>, ...args: string[]) => config(args, () => loadInTest(env));

test('prints settings with value and origin in columns, and exits with 0', () => {
  const { text, exitCode } = run({ OTEL_SERVICE_NAME: 'shop' });
  const lines = text.split('\n');
  expect(exitCode).toBe(0);
  expect(lines[0]).toMatch(/^SETTING +VALUE +ORIGIN$/);
  expect(lines.find((line) => line.startsWith('OTEL_SERVICE_NAME'))).toMatch(/^OTEL_SERVICE_NAME +shop +environment$/);
  expect(lines.find((line) => line.startsWith('OTEL_BSP_SCHEDULE_DELAY'))).toMatch(/ 5000 +default$/);
  expect(text).not.toContain('OTEL_EXPORTER_OTLP_TRACES_TIMEOUT');
  expect(text).toContain('No problems.');
});

test('--all prints also what is inherited or has no value', () => {
  const { text } = run({ OTEL_EXPORTER_OTLP_TIMEOUT: '5' }, '--all');
  expect(text).toMatch(/OTEL_EXPORTER_OTLP_TRACES_TIMEOUT +5 +environment \(OTEL_EXPORTER_OTLP_TIMEOUT\)/);
  expect(text).toMatch(/OTEL_CONFIG_FILE +- +default/);
});

test('prints problems after the table and exits with 1', () => {
  const { text, exitCode } = run({ OTEL_EXPORTER_PROMETHEUS_PORT: 'abc' });
  expect(exitCode).toBe(1);
  expect(text).toMatch(/Problems:\n {2}OTEL_EXPORTER_PROMETHEUS_PORT="abc": expected a port/);
});

test.each([[], ['--json'], ['--all']])('no secret is printed with %j', (...args) => {
  const env = {
    FIRSTLIGHT_ADMIN_TOKEN: 's3cret',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=s3cret',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://me:s3cret@collector/?api_key=s3cret&s3cret',
    OTEL_RESOURCE_ATTRIBUTES: 'db=postgres://me:s3cret@host/shop',
  };
  const { text } = run(env, ...args);
  expect(text).not.toContain('s3cret');
  expect(text).toContain('http://***@collector/?api_key=***&***');
});

test('with a file the pipeline it describes is printed, secrets masked', () => {
  const { text, exitCode } = run({ OTEL_CONFIG_FILE: join(import.meta.dirname, '../config/fixtures/complete.yaml') });
  expect(exitCode).toBe(0);
  expect(text).toMatch(
    /traces\.processors\[0\]\.exporter\.endpoint +https:\/\/collector:4318\/custom +file .*complete\.yaml/,
  );
  expect(text).toMatch(/traces\.processors\[0\]\.exporter\.headers\.x +\*\*\*/);
  expect(text).not.toContain('s3cret');
  expect(text).not.toContain('OTEL_BSP_SCHEDULE_DELAY');
});

test('--json is for programs', () => {
  const { text } = run({ OTEL_BSP_SCHEDULE_DELAY: 'x', OTEL_EXPORTER_OTLP_HEADERS: 'a=b' }, '--json');
  const read = JSON.parse(text);
  expect(read.settings.OTEL_BSP_SCHEDULE_DELAY).toEqual({ value: '5000', origin: 'default' });
  expect(read.pipeline.traces.processors[0].exporter.headers).toEqual({ a: '***' });
  expect(read.problems).toHaveLength(1);
});

test('an unknown flag is answered with the usage and 2', () => {
  const { text, exitCode } = run({}, '--nope');
  expect(exitCode).toBe(2);
  expect(text).toContain('firstlight config [--json] [--all]');
});
