/** What the specification has and NodeSDK ignores. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ours, type Observation } from './observe.ts';

const run = (env: Readonly<Record<string, string>>): Promise<Observation> => ours({ name: 'beyond', env });

let jaeger = '';
let asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`);
  response.end('{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0}}');
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  jaeger = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const traceId = '5b8efff798038103d269b633813fc60c';
const spanId = 'eee19b7ec3c1b174';

test.each([
  ['jaeger', { 'uber-trace-id': `${traceId}:${spanId}:0:01`, 'uberctx-user': 'ann' }, 'jaeger'],
  ['xray', { 'x-amzn-trace-id': `Root=1-5b8efff7-98038103d269b633813fc60c;Parent=${spanId};Sampled=1` }, 'xray'],
])('OTEL_PROPAGATORS=%s writes and reads its headers', async (name, outgoing, incoming) => {
  expect(await run({ OTEL_PROPAGATORS: name })).toMatchObject({
    seen: { outgoing, incoming: { [incoming]: { span: { traceId, spanId, traceFlags: 1 } }, tracecontext: {} } },
  });
});

test('OTEL_PROPAGATORS=ottrace writes its headers', async () => {
  expect(await run({ OTEL_PROPAGATORS: 'ottrace' })).toMatchObject({
    seen: {
      outgoing: { 'ot-tracer-traceid': traceId.slice(16), 'ot-tracer-spanid': spanId, 'ot-tracer-sampled': 'true' },
    },
  });
});

test('OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION chooses the kind of histogram', async () => {
  const { metrics } = await run({
    OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: 'base2_exponential_bucket_histogram',
  });
  const { items } = metrics as { items: { name: string; type: string }[] };
  expect(items.find(({ name }) => name === 'histogram')).toMatchObject({
    type: 'exponentialHistogram',
    points: [{ count: 3, sum: 441 }],
  });
  expect(items.filter(({ type }) => type === 'exponentialHistogram').length).toBe(1);
});

/** Names of the exported spans that begin with `prefix`. */
const names = ({ traces }: Observation, prefix: string): string[] =>
  (traces as { items: { name: string }[] }).items.map(({ name }) => name).filter((name) => name.startsWith(prefix));

test('OTEL_TRACES_SAMPLER=parentbased_jaeger_remote begins with its initial rate, asks for this service, and takes the answer', async () => {
  asked = [];
  const observed = await run({
    FIXTURE_WAIT: '600',
    OTEL_SERVICE_NAME: 'shop',
    OTEL_TRACES_SAMPLER: 'parentbased_jaeger_remote',
    OTEL_TRACES_SAMPLER_ARG: `endpoint=${jaeger},pollingIntervalMs=60000,initialSamplingRate=1`,
  });
  expect(asked).toEqual(['GET /sampling?service=shop']);
  expect(names(observed, 'root').length).toBe(40);
  expect(names(observed, 'remote').length).toBe(20);
  expect(names(observed, 'late')).toEqual([]);
});

test('OTEL_TRACES_SAMPLER=jaeger_remote does not ask the parent', async () => {
  const observed = await run({
    OTEL_TRACES_SAMPLER: 'jaeger_remote',
    OTEL_TRACES_SAMPLER_ARG: `endpoint=${jaeger},initialSamplingRate=1`,
  });
  expect(names(observed, 'remote').length).toBe(40);
});

test('OTEL_TRACES_SAMPLER=xray asks its proxy for rules', async () => {
  asked = [];
  await run({ FIXTURE_WAIT: '300', OTEL_TRACES_SAMPLER: 'xray', OTEL_TRACES_SAMPLER_ARG: `endpoint=${jaeger}` });
  expect(asked).toEqual(['POST /GetSamplingRules']);
});

test('OTEL_TRACES_SAMPLER=parentbased_rate_limiting keeps to its rate, and children with their parents', async () => {
  const observed = await run({ OTEL_TRACES_SAMPLER: 'parentbased_rate_limiting', OTEL_TRACES_SAMPLER_ARG: '5' });
  const roots = names(observed, 'root');
  // Two spans come before: `first`, which takes one, and `limited`.
  expect(roots.slice(0, 3)).toEqual(['root 0', 'root 1', 'root 2']);
  expect(roots.length).toBeLessThan(12);
  expect(names(observed, 'child').map((name) => name.slice(6))).toEqual(
    expect.arrayContaining(roots.map((name) => name.slice(5))),
  );
  expect(names(observed, 'remote').length).toBe(20);
});

test('OTEL_TRACES_SAMPLER=consistent_probability writes its threshold', async () => {
  const { traces } = await run({ OTEL_TRACES_SAMPLER: 'consistent_probability', OTEL_TRACES_SAMPLER_ARG: '0.5' });
  const { items } = traces as { items: { name: string; traceState: string; traceId: string }[] };
  expect(items.length).toBeGreaterThan(20);
  expect(new Set(items.map(({ traceState }) => traceState))).toEqual(new Set(['ot=th:8']));
  // Sampled are those whose last 56 bits reach the threshold.
  expect(items.filter((span) => Number.parseInt(span.traceId[18] ?? '0', 16) < 8)).toEqual([]);
});
