import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { createFileCount } from '../../src/metrics/process.ts';
import { parse } from '../bridges/prometheus/exposition.ts';
import { startCollector } from '../support/collector.ts';
import { freePort } from '../support/free-port.ts';
import { run, start, type Started } from '../support/run.ts';

let started: Started | undefined;
afterEach(async () => {
  started?.child.kill();
  await started?.finished;
});

const fixture = fileURLToPath(new URL('fixtures/open-files.cjs', import.meta.url));

/** By name; of several series the sum. */
async function scraped(port: number): Promise<Readonly<Record<string, number>>> {
  const { samples } = parse(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
  const sums: Record<string, number> = {};
  for (const [key, value] of samples) {
    const name = key.replace(/\{.*/s, '');
    sums[name] = (sums[name] ?? 0) + value;
  }
  return sums;
}

test('/metrics has what Node says of the process', async () => {
  const port = await freePort();
  const env = { OTEL_EXPORTER_PROMETHEUS_PORT: String(port), OTEL_METRICS_EXPORTER: 'prometheus' };
  started = start([fixture], { env: { ...env, OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' } });
  const [, listening] = await started.waitFor(/listening on (\d+)/);
  const before = await scraped(port);
  const told = (await (await fetch(`http://127.0.0.1:${listening}`)).json()) as Record<string, number>;
  const after = await scraped(port);

  const opened =
    (after['process_open_file_descriptor_count'] ?? 0) - (before['process_open_file_descriptor_count'] ?? 0);
  // The connections come and go.
  expect(opened).toBeGreaterThanOrEqual(95);
  expect(opened).toBeLessThanOrEqual(105);
  expect(before['process_cpu_time_seconds_total']).toBeLessThanOrEqual(told['cpu'] ?? 0);
  expect(after['process_cpu_time_seconds_total']).toBeGreaterThanOrEqual(told['cpu'] ?? 0);
  expect(before['process_uptime_seconds']).toBeLessThan(told['uptime'] ?? 0);
  expect(after['process_uptime_seconds']).toBeGreaterThan(told['uptime'] ?? 0);
  expect(after['process_memory_usage_bytes']).toBeGreaterThan((told['rss'] ?? 0) / 2);
  expect(after['process_memory_usage_bytes']).toBeLessThan((told['rss'] ?? 0) * 2);
});

test('the last values are sent at the end of the process', async () => {
  const collector = await startCollector();
  const script = "require('@opentelemetry/api').metrics.getMeter('app').createCounter('c').add(1)";
  await run(['-e', script], {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
  });
  await collector.waitFor(() => collector.metrics().length > 0);
  const names = collector.metrics().map(({ name }) => name);
  await collector.close();
  expect(names).toEqual(
    expect.arrayContaining([
      'process.cpu.time',
      'process.memory.usage',
      'process.open_file_descriptor.count',
      'process.uptime',
    ]),
  );
});

describe('open files', () => {
  test('are told at once where the folder has their number as its size', () => {
    expect(createFileCount('/proc/self/fd', () => 42)()).toBe(42);
  });

  test('are counted where it has not: once for all who ask meanwhile', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'firstlight-files-'));
    for (let i = 0; i < 2500; i++) writeFileSync(join(folder, String(i)), '');
    const count = createFileCount(folder);
    const [first, second] = [count(), count()];
    expect(second).toBe(first);
    // Of the entries one is taken for the folder itself, which is open while it is read.
    expect(await first).toBe(2499);
    expect(count()).not.toBe(first);
    rmSync(folder, { recursive: true });
  });

  test.runIf(process.platform === 'linux')('are as many when counted as when told', async () => {
    const told = readdirSync('/proc/self/fd').length - 1;
    expect(Math.abs(((await createFileCount('/proc/self/fd', () => 0)()) ?? 0) - told)).toBeLessThanOrEqual(2);
  });

  test('are not told where the folder cannot be read', async () => {
    expect(await createFileCount('/nowhere')()).toBeUndefined();
  });
});
