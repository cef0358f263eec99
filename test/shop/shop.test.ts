import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  available,
  startCollector,
  startJaeger,
  startPrometheus,
  type Jaeger,
  type Receiver,
} from '../backends/backends.ts';
import { root, run, start } from '../support/run.ts';
import { testWith, testWithTools } from '../support/servers.ts';
import { findTrace, pathToRoot, type StoredSpan } from './jaeger.ts';

const shop = `${root}/examples/shop/run.ts`;
const servers = {
  DATABASE_URL: 'postgres://postgres@127.0.0.1:5432/test',
  // A numbered database of its own: jobs of another run would otherwise be taken by this one's worker.
  REDIS_URL: 'redis://127.0.0.1:6379/9',
};
const { jaeger: hasJaeger, collector: hasCollector, prometheus: hasPrometheus } = available();
/** PGlite alone may take seconds. */
const TIMEOUT = 120_000;

test(
  'the shop runs from an empty environment and shows one trace from the storefront to SQL',
  { timeout: TIMEOUT },
  async () => {
    const { code, stdout, stderr } = await run([shop, '--once', '--free-ports'], { flags: [], timeout: TIMEOUT });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Shop {8}http:\/\/127\.0\.0\.1:\d+\/products$/m);
    expect(stdout).toContain('Sent 24 × 200, 18 × 201, 6 × 402, 6 × 404, 6 × 500.');

    const tree = stdout.split('\n').filter((line) => / \d+\.\d ms/.test(line));
    expect(tree[0]).toMatch(/^ {2}POST \/checkout +storefront/);
    expect(tree.find((line) => /└ POST +storefront/.test(line))).toBeDefined();
    expect(tree.find((line) => /└ POST \/orders +orders/.test(line))).toBeDefined();
    expect(tree.find((line) => /[├└] .*INSERT.* +orders/.test(line))).toBeDefined();

    const [, spans, logs, correlated, services] =
      /Received (\d+) spans, (\d+) log records \((\d+) with a trace id\) and \d+ metrics from (\d+) services/.exec(
        stdout,
      ) ?? [];
    expect(Number(services)).toBe(2);
    // Sixty requests to the storefront, and the ones it sends on.
    expect(Number(spans)).toBeGreaterThan(150);
    // 120 lines of pino's in orders and 36 of winston's in the storefront, each once; besides them what start-up says.
    expect(Number(correlated)).toBe(156);
    expect(Number(logs)).toBe(158);

    // Telescopes and star charts are paid for in each of six rounds; the meteorite fails before its payment.
    expect(stdout).toMatch(/^ {2}orders_created_total\S* 12$/m);
    expect(stdout).toMatch(/^ {2}payments_processed_total\{result="approved"\} 12$/m);
    expect(stdout).toMatch(/^ {2}payments_processed_total\{result="declined"\} 6$/m);
    expect(stdout).toMatch(/^ {2}user_signups_total\S* 6$/m);
  },
);

test('a taken port is named and replaced, and an interrupted start ends', { timeout: TIMEOUT }, async () => {
  const inTheWay = createServer()
    .on('error', () => {})
    .listen(3000, '127.0.0.1');
  try {
    const { child, waitFor, finished } = start([shop], { flags: [], timeout: TIMEOUT });
    await waitFor(/^Taken: .*port 3000, so \d+/m);
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('Sent');
  } finally {
    inTheWay.close();
  }
});

const withEverything = both(
  await testWith('PostgreSQL', 'Redis'),
  testWithTools({ Jaeger: hasJaeger, Collector: hasCollector }),
);

describe('against real servers, through a real Collector to a real Jaeger', () => {
  let jaeger: Jaeger;
  let collector: Receiver;
  beforeAll(async () => {
    if (withEverything === test.skip) return;
    jaeger = await startJaeger();
    collector = await startCollector({ tracesTo: jaeger.otlpGrpc });
  });
  afterAll(async () => {
    await collector?.stop();
    await jaeger?.stop();
  });

  withEverything.for([
    ['grpc', () => `http://${collector.otlpGrpc}`],
    ['http/protobuf', () => collector.otlpHttp],
    ['http/json', () => collector.otlpHttp],
  ] as const)(
    '%s: one trace holds the checkout, its SQL and its job',
    { timeout: TIMEOUT },
    async ([protocol, endpoint]) => {
      const version = `by-${protocol}`;
      const { code, stderr } = await run([shop, '--once', '--free-ports'], {
        flags: [],
        timeout: TIMEOUT,
        env: {
          ...servers,
          OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(),
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
          OTEL_RESOURCE_ATTRIBUTES: `service.version=${version}`,
        },
      });
      expect(stderr).toBe('');
      expect(code).toBe(0);

      const trace = await findTrace(jaeger.queryUrl, {
        service: 'storefront',
        operation: 'POST /checkout',
        wanted: (spans) =>
          spans.every((span) => span.version === version) && statement(spans) !== undefined && job(spans) !== undefined,
      });
      const callers = ['orders: POST /orders', 'storefront: POST', 'storefront: POST /checkout'];
      expect(pathToRoot(statement(trace)!, trace)).toEqual([expect.stringMatching(/^orders: .*INSERT/), ...callers]);
      expect(pathToRoot(job(trace)!, trace).slice(-3)).toEqual(callers);
      // What the worker does for the job is below the job.
      const shipment = trace.find((span) => String(span.tags['db.query.text']).startsWith('UPDATE shop.orders'));
      expect(shipment && pathToRoot(shipment, trace)).toContain(pathToRoot(job(trace)!, trace)[0]);
    },
  );
});

const statement = (spans: readonly StoredSpan[]): StoredSpan | undefined =>
  spans.find(
    (span) => span.service === 'orders' && String(span.tags['db.query.text']).startsWith('INSERT INTO shop.orders'),
  );

const job = (spans: readonly StoredSpan[]): StoredSpan | undefined =>
  spans.find((span) => span.service === 'fulfilment' && span.tags['span.kind'] === 'consumer');

const withPrometheus = testWithTools({ Prometheus: hasPrometheus });

withPrometheus('a real Prometheus scrapes every service of the shop', { timeout: TIMEOUT }, async () => {
  const { child, waitFor, finished } = start([shop, '--no-once', '--free-ports'], { flags: [], timeout: TIMEOUT });
  const [, storefront, orders] = await waitFor(
    /^\/metrics +storefront http:\/\/(\S+)\/metrics +orders http:\/\/(\S+)\/metrics$/m,
  );
  await waitFor(/Ctrl-C ends it/);
  const prometheus = await startPrometheus({ targets: [storefront!, orders!] });
  try {
    await expect
      .poll(() => prometheus.query('up == 1').then(({ result }) => result.length as number), {
        timeout: 20_000,
        interval: 500,
      })
      .toBe(2);
    const { result } = await prometheus.query('sum(orders_created_total)');
    expect(result[0].value[1]).toBe('12');
  } finally {
    await prometheus.stop();
    child.kill('SIGTERM');
  }
  const { code, stderr } = await finished;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

function both(
  first: typeof test | typeof test.skip,
  second: typeof test | typeof test.skip,
): typeof test | typeof test.skip {
  return first === test.skip ? first : second;
}
