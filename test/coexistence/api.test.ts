/** The application's own copy of `@opentelemetry/api`, without an SDK. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { installedApp, INSTALL_TIMEOUT } from '../support/install.ts';
import { root, run } from '../support/run.ts';

const NEWER = '1.11.0';
const folder = join(import.meta.dirname, 'apps/api-1.9');
let older: string;
let newer: string;
let collector: Collector;

beforeAll(async () => {
  collector = await startCollector();
  older = await installedApp(folder);
  newer = realpathSync(mkdtempSync(join(tmpdir(), 'firstlight-api-')));
  copyWithNewerApi(newer);
}, INSTALL_TIMEOUT);
afterEach(() => collector.clear());
afterAll(async () => {
  rmSync(newer, { recursive: true, force: true });
  await collector.close();
});

const env = (): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_EXPORTER_PROMETHEUS_PORT: '0',
});

test.each(['app.cjs', 'app.mjs'])('spans and metrics of an older copy are seen: %s', async (app) => {
  const { code, stdout, diagnostics } = await run([app], { cwd: older, env: env() });

  expect({ code, stdout, diagnostics }).toEqual({ code: 0, stdout: 'application ends\n', diagnostics: [] });
  const spans = await collector.waitForSpans(2);
  const parent = spans.find(({ name }) => name === 'parent');
  expect(spans.find(({ name }) => name === 'child')).toMatchObject({
    traceId: parent?.traceId,
    parentSpanId: parent?.spanId,
  });
  await collector.waitFor(() => collector.metrics().some(({ name }) => name === 'orders'));
  expect(
    collector
      .metrics()
      .find(({ name }) => name === 'orders')
      ?.points.map(({ value }) => value),
  ).toEqual([3]);
});

test.each(['app.cjs', 'app.mjs'])('a newer copy is told in one line: %s', async (app) => {
  const { code, stdout, diagnostics } = await run([app], { cwd: newer, env: env() });

  expect({ code, stdout }).toEqual({ code: 0, stdout: 'application ends\n' });
  expect(diagnostics).toEqual([expect.stringMatching(/@opentelemetry\/api.*1\.11\.0/)]);
});

/** The API as it is today under a version that does not exist yet. */
function copyWithNewerApi(target: string): void {
  const api = join(target, 'node_modules/@opentelemetry/api');
  mkdirSync(api, { recursive: true });
  cpSync(folder, target, { recursive: true });
  cpSync(join(root, 'node_modules/@opentelemetry/api'), api, { recursive: true });
  for (const file of ['package.json', 'dist/version.cjs', 'dist/version.mjs']) {
    const text = readFileSync(join(api, file), 'utf8');
    const { version } = JSON.parse(
      readFileSync(join(root, 'node_modules/@opentelemetry/api/package.json'), 'utf8'),
    ) as { version: string };
    if (!text.includes(version)) throw new Error(`${file} does not tell the version`);
    writeFileSync(join(api, file), text.replaceAll(version, NEWER));
  }
}
