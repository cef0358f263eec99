import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { expect, test, vi } from 'vitest';
import type { Status } from '../src/instance.ts';
import { createReport, summary } from '../src/report.ts';
import { loadInTest } from './config/load-in-test.ts';
import { run } from './support/run.ts';

const resource = resourceFromAttributes({ 'service.name': 'shop', 'service.version': '1.2.3' });
const accounts = { traces: [], metrics: [], logs: [] };
const running = { admin: () => undefined, instrumentations: () => ['pg'], accounts: () => accounts };

function report(env: Record<string, string>): Status {
  const loaded = loadInTest(env);
  return createReport(loaded, loaded.config.pipeline, resource, running)();
}

test('says what runs, where it goes, and where each setting comes from', () => {
  expect(report({ OTEL_EXPORTER_OTLP_TIMEOUT: '5', OTEL_LOGS_EXPORTER: 'none' })).toMatchObject({
    service: { name: 'shop', version: '1.2.3' },
    signals: {
      traces: ['http/protobuf http://localhost:4318/v1/traces'],
      metrics: ['http/protobuf http://localhost:4318/v1/metrics', 'prometheus'],
      logs: [],
    },
    instrumentations: ['pg'],
    problems: [],
    settings: {
      OTEL_LOGS_EXPORTER: { value: 'none', origin: 'environment' },
      OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: { value: '5', origin: 'environment (OTEL_EXPORTER_OTLP_TIMEOUT)' },
      OTEL_BSP_SCHEDULE_DELAY: { value: '5000', origin: 'default' },
    },
  });
});

test('holds no secret, wherever one was written', () => {
  const said = JSON.stringify(
    report({
      FIRSTLIGHT_ADMIN_TOKEN: 's3cret',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=s3cret',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://me:s3cret@collector/?api_key=s3cret',
      OTEL_RESOURCE_ATTRIBUTES: 'db=postgres://me:s3cret@host/shop,bad=postgres://me:s3cret@host/shop?ssl=on',
      OTEL_TRACES_SAMPLER: 'jaeger_remote',
      OTEL_TRACES_SAMPLER_ARG: 'endpoint=http://me:s3cret@jaeger:5778',
    }),
  );
  expect(said).not.toContain('s3cret');
  expect(said).toContain('db=postgres://***@host/shop');
  expect(said).toContain('https://***@collector/v1/traces?api_key=***');
});

test('with a file it shows the pipeline of the file, and no variable that does not count', () => {
  const file = join(import.meta.dirname, 'config/fixtures/complete.yaml');
  const { settings, signals } = report({ OTEL_CONFIG_FILE: file, OTEL_TRACES_EXPORTER: 'console' });
  expect(signals.traces).toEqual(['http/json https://collector:4318/custom', 'console']);
  expect(Object.keys(settings)).not.toContain('OTEL_TRACES_EXPORTER');
  expect(settings).toMatchObject({
    FIRSTLIGHT_ADMIN_TOKEN: { value: '***', origin: `file ${file}` },
    'traces.processors[0].exporter.endpoint': { value: 'https://collector:4318/custom', origin: `file ${file}` },
    'traces.processors[0].exporter.headers.x': { value: '***' },
    'instrumentation.pg.enabled': { value: 'false', origin: `file ${file}` },
  });
});

test('the signals are those of the pipeline that runs', () => {
  const loaded = loadInTest({});
  const { pipeline } = loaded.config;
  const ofWorker = { ...pipeline, traces: { ...pipeline.traces, processors: [] } };
  const { signals } = createReport(loaded, ofWorker, resource, running)();
  expect(signals.traces).toEqual([]);
  expect(summary(ofWorker, resource)).toBe(
    `0.0.0-source on Node ${process.versions.node} sees shop 1.2.3: traces to nowhere, ` +
      'metrics to http/protobuf http://localhost:4318/v1/metrics and prometheus, ' +
      'logs to http/protobuf http://localhost:4318/v1/logs',
  );
});

test('uptime is counted from the start of Firstlight', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const loaded = loadInTest({});
  const ask = createReport(loaded, loaded.config.pipeline, resource, running);
  expect(ask().uptime).toBe(0);
  vi.advanceTimersByTime(5000);
  expect(ask().uptime).toBe(5);
  vi.useRealTimers();
});

/** What `status()` says in the main thread, then in a worker thread. */
const ASK = `
  const { Worker, isMainThread, parentPort } = require('node:worker_threads');
  const { signals, settings } = globalThis[Symbol.for('firstlight')].status();
  if (isMainThread) {
    console.log(JSON.stringify({ signals, settings }));
    new Worker(__filename).on('message', (line) => console.log(line));
  } else parentPort.postMessage(JSON.stringify({ signals, settings }));
`;

test('preloaded, main thread and worker thread each say what runs in them, without a secret', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'firstlight-report-'));
  writeFileSync(join(folder, 'ask.cjs'), ASK);
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://me:s3cret@127.0.0.1:9/?api_key=s3cret',
    OTEL_EXPORTER_PROMETHEUS_PORT: '0',
    OTEL_LOG_LEVEL: 'info',
    OTEL_RESOURCE_ATTRIBUTES: 'db=postgres://me:s3cret@host/shop',
  };
  const { stdout, diagnostics } = await run([join(folder, 'ask.cjs')], { env });
  rmSync(folder, { recursive: true });
  expect(`${stdout}${diagnostics.join()}`).not.toContain('s3cret');
  expect(diagnostics.join()).toContain('traces to http/protobuf http://***@127.0.0.1:9/v1/traces?api_key=***');
  const [main, worker] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Pick<Status, 'signals' | 'settings'>);
  expect(main?.signals.traces).toEqual(['http/protobuf http://***@127.0.0.1:9/v1/traces?api_key=***']);
  expect(main?.settings['OTEL_BSP_SCHEDULE_DELAY']).toEqual({ value: '5000', origin: 'default' });
  expect(worker?.signals).toEqual({ traces: [], metrics: [], logs: [] });
  expect(worker?.settings).toEqual(main?.settings);
});
