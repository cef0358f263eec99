import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { run } from '../support/run.ts';
import { badValues } from './bad-values.table.ts';

const cases = badValues.map((row) => ({ ...row, title: JSON.stringify(row.env) }));

let collector: Collector;
beforeAll(async () => {
  collector = await startCollector();
});
afterAll(() => collector.close());

test.concurrent.each(cases)('$title: the application runs, and one line names the variable', async (row) => {
  // Another process may have the default port, which would be a line of its own.
  const env = { OTEL_EXPORTER_PROMETHEUS_PORT: '0', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...row.env };
  const { code, stdout, diagnostics } = await run(['--eval', 'console.log("it runs")'], { env });
  const named = diagnostics.filter((line) => line.startsWith(`firstlight: ${row.names}`));
  expect(code).toBe(0);
  expect(stdout).toBe('it runs\n');
  expect(named).toHaveLength(1);
  expect(named[0]?.replace('firstlight: ', '')).toMatch(row.says);
  expect(diagnostics.join('\n')).not.toContain('s3cret');
});
