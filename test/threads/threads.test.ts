import { afterEach, beforeEach, expect, test } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { root, run } from '../support/run.ts';

let collector: Collector;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(() => collector.close());

const runWorker = (how: string) =>
  run([`${root}/test/threads/fixtures/main.mjs`, how], {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      OTEL_SERVICE_NAME: 'threads',
    },
  });

test.each([
  ['by itself', 'itself', 0],
  ['by process.exit', 'exit', 3],
])('a worker that ends %s has sent what it made, through the main thread', async (_words, how, code) => {
  const end = await runWorker(how);
  expect(end.stdout).toContain(`worker ended with ${code}`);
  expect(end.stderr).toBe('');
  const spans = collector.spans();
  const outer = spans.find((span) => span.name === 'outer');
  const inner = spans.find((span) => span.name === 'inner');
  expect(spans).toHaveLength(2);
  expect(inner?.parentSpanId).toBe(outer?.spanId);
  expect(inner?.traceId).toBe(outer?.traceId);
  expect(outer?.attributes).toMatchObject({ n: 1, list: ['a'], 'thread.id': 1 });
  expect(inner?.events).toHaveLength(1);
  expect(outer?.resource).toMatchObject({ 'service.name': 'threads' });
  expect(outer?.scope).toMatchObject({ name: 'worker', version: '1.0' });
  const [line] = collector.logs().filter((record) => record.body === 'a line of the worker');
  expect(line?.traceId).toBe(outer?.traceId);
});

test('the last words of a worker are heard by a main thread that ends with it', async () => {
  await run([`${root}/test/threads/fixtures/alone.mjs`], {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
  });
  expect(collector.spans().map((span) => span.name)).toEqual(['last word']);
});

const exitAbove = (how: string) =>
  run([`${root}/test/threads/fixtures/main-exits.cjs`, how], {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
  });

test('a main thread that exits asks the workers that live for what they have', async () => {
  const { code, stderr } = await exitAbove('waiting');
  expect({ code, stderr }).toEqual({ code: 4, stderr: '' });
  const names = collector.spans().map((span) => span.name);
  expect(names.toSorted()).toEqual(['of worker 0', 'of worker 1', 'of worker 2']);
});

test.each(['busy', 'terminated'])('workers that are %s do not hold it', async (how) => {
  const start = performance.now();
  const { code } = await exitAbove(how);
  expect(code).toBe(how === 'busy' ? 4 : 0);
  expect(performance.now() - start).toBeLessThan(4000);
});

test('a worker that lives on sends as it goes', async () => {
  await runWorker('late');
  expect(
    collector
      .spans()
      .map((span) => span.name)
      .toSorted(),
  ).toEqual(['inner', 'late', 'outer']);
});

test('what cannot be cloned takes nothing else with it, and does not end the worker', async () => {
  const end = await runWorker('uncloneable');
  expect(end.stdout).toContain('worker ended with 0');
  expect(
    collector
      .spans()
      .map((span) => span.name)
      .toSorted(),
  ).toEqual(['inner', 'outer', 'strange parent']);
  expect(collector.logs().map((record) => record.body)).toContainEqual({ fine: true });
});
