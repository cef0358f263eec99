import { execFile, spawnSync } from 'node:child_process';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { Attributes } from '@opentelemetry/api';
import { AggregationType, MeterProvider } from '@opentelemetry/sdk-metrics';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { serve, type Admin } from '../../../src/admin/server.ts';
import { negotiate } from '../../../src/bridges/prometheus/negotiate.ts';
import { createCollection, send } from '../../../src/bridges/prometheus/page.ts';
import { prometheus, type PrometheusOptions } from '../../../src/bridges/prometheus/prometheus.ts';
import type { Route } from '../../../src/component.ts';
import * as diag from '../../../src/diag.ts';
import { createPullReader } from '../../../src/signals/pull-reader.ts';
import { available, startPrometheus } from '../../backends/backends.ts';
import { testWithTools } from '../../support/servers.ts';
import { parse } from './exposition.ts';

vi.mock('../../../src/diag.ts', { spy: true });

const running: Admin[] = [];
afterEach(async () => {
  for (const admin of running.splice(0)) await admin.shutdown?.();
  vi.mocked(diag.limited).mockReset();
});

const options: PrometheusOptions = {
  translation: 'underscore_escaping_with_suffixes',
  scopeLabels: true,
  targetInfo: true,
  resourceLabels: [],
  derive: () => [],
  hidden: new Set(),
};

/** A provider whose metrics are served, and the address of the server. */
async function start(
  views: ConstructorParameters<typeof MeterProvider>[0] = {},
  how: Partial<PrometheusOptions> = {},
): Promise<{ provider: MeterProvider; address: string }> {
  const { reader, collect } = createPullReader('trace_based');
  const { body } = prometheus({ ...options, ...how });
  const page = createCollection(collect);
  const provider = new MeterProvider({ ...views, readers: [reader] });
  const routes: Route[] = [
    {
      path: '/metrics',
      access: 'public',
      async handle(request, response) {
        const format = negotiate(request.headers.accept);
        await send(await page(format.contentType, (metrics) => body(metrics, format)), request, response);
      },
    },
  ];
  const admin = serve({ host: '127.0.0.1', port: 0, token: undefined, routes });
  running.push(admin);
  return { provider, address: await vi.waitUntil(() => admin.address()) };
}

interface Reply {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function get(address: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(`${address}/metrics`, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on('error', reject).end();
  });
}

describe('a scrape', () => {
  test('is answered in text format 0.0.4, plain unless gzip is asked for', async () => {
    const { provider, address } = await start();
    provider.getMeter('m').createCounter('hits').add(1);
    const plain = await get(address);
    expect(plain.status).toBe(200);
    expect(plain.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers['content-length']).toBe(String(plain.body.length));
    expect(parse(String(plain.body)).samples.get('hits_total{otel_scope_name="m"}')).toBe(1);

    for (const accepted of ['gzip', 'deflate, gzip;q=1.0', 'GZIP;q=0.5', '*']) {
      const packed = await get(address, { 'accept-encoding': accepted });
      expect(packed.headers['content-encoding']).toBe('gzip');
      expect(gunzipSync(packed.body)).toEqual(plain.body);
    }
    for (const refused of ['identity', 'br', 'gzip;q=0', 'gzip;q=0.0', 'x-gzipped']) {
      const packed = await get(address, { 'accept-encoding': refused });
      expect(packed.headers['content-encoding']).toBeUndefined();
      expect(packed.body).toEqual(plain.body);
    }
  });

  test('by HEAD has the headers and no body', async () => {
    const { provider, address } = await start();
    provider.getMeter('m').createCounter('hits').add(1);
    const head = await get(address, {}, 'HEAD');
    expect(head.status).toBe(200);
    expect(Number(head.headers['content-length'])).toBeGreaterThan(50);
    expect(head.body).toHaveLength(0);
  });

  test('of nothing but the target is valid', async () => {
    const { address } = await start();
    expect(parse(String((await get(address)).body)).samples.size).toBe(1);
  });

  test('shares its collection with those that come while it lasts', async () => {
    const { provider, address } = await start();
    let observed = 0;
    const gate = Promise.withResolvers<void>();
    provider
      .getMeter('m')
      .createObservableGauge('level')
      .addCallback(async (result) => {
        observed++;
        await gate.promise;
        result.observe(observed);
      });
    const replies = Array.from({ length: 20 }, () => get(address));
    await vi.waitUntil(() => observed > 0);
    setTimeout(gate.resolve, 100);
    for (const { body } of await Promise.all(replies)) expect(String(body)).toContain('level{otel_scope_name="m"} 1\n');
    expect(observed).toBe(1);
    await get(address);
    expect(observed).toBe(2);
  });

  test('does not wait for callbacks that hang, nor fail with those that throw: it has the rest', async () => {
    const { provider, address } = await start();
    const meter = provider.getMeter('m');
    meter.createObservableGauge('hangs').addCallback(() => new Promise(() => {}));
    meter.createObservableGauge('throws').addCallback(() => {
      throw new Error('no database');
    });
    meter.createObservableGauge('works').addCallback((result) => result.observe(3));
    provider.getMeter('other').createCounter('hits').add(4);
    const { status, body } = await get(address);
    expect(status).toBe(200);
    const { samples } = parse(String(body));
    expect(samples.get('works{otel_scope_name="m"}')).toBe(3);
    expect(samples.get('hits_total{otel_scope_name="other"}')).toBe(4);
    expect(String(body)).not.toMatch(/hangs|throws/);
  });

  test('after shutdown of the provider is a 500, with one line', async () => {
    const { provider, address } = await start();
    await provider.shutdown();
    const { status, body } = await get(address);
    expect(status).toBe(500);
    expect(String(body).split('\n')).toHaveLength(2);
    expect(vi.mocked(diag.limited).mock.calls).toHaveLength(1);
  });
});

/** Every kind of value that JavaScript lets into attributes, and keys that collide or mean something to Prometheus. */
function hostile(provider: MeterProvider): void {
  const circular: Record<string, unknown> = {};
  const values: readonly unknown[] = [
    'text',
    '',
    'quote " slash \\ line\nfeed \r \0 tab\t',
    '\uD800',
    '\uDFFF',
    '🚀',
    '}',
    'x'.repeat(100_000),
    0,
    -0,
    NaN,
    Infinity,
    true,
    null,
    undefined,
    [],
    [1, null],
    [['nested']],
    {},
    circular,
    () => 1,
    Symbol('s'),
    10n,
    new Date(0),
    /x/,
    new Map([[1, 2]]),
    new Proxy({}, {}),
    Object.create(null),
    new Error('e'),
  ];
  const keys = [
    'a.b',
    'a_b',
    'a-b',
    '9',
    '',
    'le',
    'quantile',
    '__name__',
    'job',
    'instance',
    'otel_scope_name',
    '日本',
    'x'.repeat(2000),
    '"',
  ];
  circular['self'] = circular;
  const meter = provider.getMeter('hostile "scope"\n', '1\\2');
  const instruments = [
    meter.createCounter('hits', { description: 'with "quotes", \\ and\nlines \uD800 \0' }),
    meter.createUpDownCounter('open'),
    meter.createHistogram('size', { unit: 'By' }),
    meter.createHistogram('exponential', { unit: 's' }),
  ];
  for (const instrument of instruments) {
    const use = (attributes: unknown): void => {
      try {
        if ('add' in instrument) instrument.add(1.5, attributes as Attributes);
        else instrument.record(1.5, attributes as Attributes);
      } catch {
        // The SDK cannot hash some of them; that is not what is tried here.
      }
    };
    for (const value of values) for (const key of keys) use({ [key]: value });
    for (const value of values) use(Object.fromEntries(keys.map((key) => [key, value])));
  }
}

const hostileViews = {
  views: [{ instrumentName: 'exponential', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } as const }],
};

test('hostile attributes never break the format', async () => {
  const { provider, address } = await start(hostileViews);
  hostile(provider);
  const { status, body } = await get(address);
  expect(status).toBe(200);
  expect(parse(String(body)).samples.size).toBeGreaterThan(1000);
  expect(new TextDecoder('utf-8', { fatal: true }).decode(body)).toBe(String(body));
  expect(body.includes(0)).toBe(false);
});

const promtool = { promtool: spawnSync('promtool', ['--version']).status === 0 };

testWithTools(promtool)('promtool finds nothing to say about hostile attributes', async () => {
  const { provider, address } = await start(hostileViews);
  hostile(provider);
  const { body } = await get(address);
  const report = await new Promise<string>((resolve) => {
    const child = execFile('promtool', ['check', 'metrics'], (error, stdout, stderr) =>
      resolve(`${error === null ? 'clean' : error.message}${stdout}${stderr}`),
    );
    child.stdin?.end(body);
  });
  expect(report).toBe('clean');
});

testWithTools({ prometheus: available().prometheus })('Prometheus takes every sample of a hostile scrape', async () => {
  const { provider, address } = await start(hostileViews);
  hostile(provider);
  const expected = parse(String((await get(address)).body)).samples.size;
  const server = await startPrometheus({ targets: [address.replace('http://', '')] });
  try {
    const scraped = await vi.waitUntil(
      async () => (await server.query('scrape_samples_post_metric_relabeling')).result[0]?.value[1],
      { timeout: 30_000, interval: 250 },
    );
    expect(Number(scraped)).toBe(expected);
    expect((await server.query('up')).result[0].value[1]).toBe('1');
  } finally {
    await server.stop();
  }
});
