/** Names and values that clients choose, 100,000 of them: the heap of the application grows by 10 MB at most. */
import { expect, test } from 'vitest';
import { parse } from '../bridges/prometheus/exposition.ts';
import { freePort } from '../support/free-port.ts';
import { register, root, run } from '../support/run.ts';

/** Megabytes. */
const MOST = 10;

interface Attacked {
  readonly grown: number;
  /** Of the last scrape. */
  readonly samples: ReadonlyMap<string, number>;
  readonly lines: string;
}

async function attack(name: string): Promise<Attacked> {
  const { code, stdout, stderr } = await run([`${root}/test/signals/fixtures/attacks.cjs`, name], {
    flags: ['--expose-gc', '--import', register],
    timeout: 100_000,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_PROMETHEUS_PORT: String(await freePort()),
      FIRSTLIGHT_EXIT_TIMEOUT: '100',
    },
  });
  expect(code, stderr).toBe(0);
  const { grown, page } = JSON.parse(stdout) as { readonly grown: number; readonly page: string };
  return { grown, samples: parse(page).samples, lines: stderr };
}

const seriesOf = ({ samples }: Attacked, pattern: RegExp): readonly string[] =>
  [...samples.keys()].filter((name) => pattern.test(name));

const sumOf = ({ samples }: Attacked, pattern: RegExp): number =>
  [...samples].reduce((sum, [name, value]) => (pattern.test(name) ? sum + value : sum), 0);

test('values of an attribute', { timeout: 120_000 }, async () => {
  const attacked = await attack('values of an attribute');
  expect(sumOf(attacked, /^hits_total/)).toBe(100_000);
  expect(sumOf(attacked, /^sizes_count/)).toBe(100_000);
  expect(seriesOf(attacked, /^hits_total/).length).toBeLessThanOrEqual(2000);
  expect(attacked.grown).toBeLessThan(MOST);
});

test('long values of many attributes', { timeout: 120_000 }, async () => {
  const attacked = await attack('long values of many attributes');
  expect(sumOf(attacked, /^hits_total/)).toBe(2100);
  expect(attacked.lines).toMatch(/a measurement has (?:10001 attributes|the attribute "body" of 1000001 characters)/);
  expect(attacked.grown).toBeLessThan(MOST);
});

test('names of instruments', { timeout: 120_000 }, async () => {
  const attacked = await attack('names of instruments');
  expect(seriesOf(attacked, /^counter_\d+_total/)).toHaveLength(500);
  expect(seriesOf(attacked, /^histogram_\d+_count/)).toHaveLength(500);
  expect(sumOf(attacked, /^firstlight_metrics_dropped_total\{.*"instruments"/)).toBe(199_000);
  expect(attacked.lines).toMatch(/there are 1000 instruments: "counter 500" of the meter "attacked" and all further/);
  // What measures for us is not hit.
  expect(sumOf(attacked, /^http_server_request_duration_seconds_count/)).toBe(2);
  expect(attacked.grown).toBeLessThan(MOST);
});

test('large names, units and descriptions', { timeout: 120_000 }, async () => {
  const attacked = await attack('large names, units and descriptions');
  expect(attacked.lines).toMatch(/has a unit that is no text of at most 63 characters: it is cut/);
  expect(attacked.grown).toBeLessThan(MOST);
});

test('names of meters', { timeout: 120_000 }, async () => {
  const attacked = await attack('names of meters');
  expect(attacked.samples.get('hits_total{otel_scope_name="firstlight.overflow"}')).toBe(99_500);
  expect(sumOf(attacked, /^hits_total/)).toBe(100_000);
  expect(sumOf(attacked, /^firstlight_metrics_dropped_total\{.*"meters"/)).toBe(99_500);
  expect(attacked.lines).toMatch(/getMeter was asked for more than 500 scopes: "meter 500" and all further ones share/);
  expect(attacked.grown).toBeLessThan(MOST);
});

test('one instrument made again and again', { timeout: 120_000 }, async () => {
  const attacked = await attack('one instrument made again and again');
  expect(sumOf(attacked, /^hits_total/)).toBe(100_000);
  expect(sumOf(attacked, /^firstlight_metrics_dropped_total\{.*"callbacks"/)).toBe(99_000);
  expect(attacked.lines).toMatch(/the instrument "level" has 1000 observable callbacks: further ones are not called/);
  expect(attacked.grown).toBeLessThan(MOST);
});

test('observed series', { timeout: 120_000 }, async () => {
  const attacked = await attack('observed series');
  expect(seriesOf(attacked, /^level\{/).length).toBeLessThanOrEqual(2000);
  expect(attacked.lines).toMatch(/callback of "level" observes more than 10000 sets of attributes at once/);
  expect(attacked.grown).toBeLessThan(MOST);
});

test('paths, hosts and headers of requests', { timeout: 120_000 }, async () => {
  const attacked = await attack('paths, hosts and headers of requests');
  expect(seriesOf(attacked, /^http_server_request_duration_seconds_count/)).toHaveLength(1);
  expect(sumOf(attacked, /^http_server_request_duration_seconds_count/)).toBe(20_002);
  expect(attacked.grown).toBeLessThan(MOST);
});

test('methods of requests', { timeout: 120_000 }, async () => {
  const attacked = await attack('methods of requests');
  expect(seriesOf(attacked, /^http_server_request_duration_seconds_count/)).toHaveLength(2);
  expect(attacked.grown).toBeLessThan(MOST);
});

test('hosts that are asked', { timeout: 120_000 }, async () => {
  const attacked = await attack('hosts that are asked');
  const series = seriesOf(attacked, /^http_client_request_duration_seconds_count/);
  // The first 200 hosts, and one for the others, by each of two libraries; some of them failed at first.
  expect(series.length).toBeLessThanOrEqual(2 * 201 + 5);
  expect(series.filter((name) => name.includes('server_address="_OTHER"'))).toHaveLength(2);
  expect(sumOf(attacked, /^http_client_request_duration_seconds_count/)).toBeGreaterThanOrEqual(1200);
  expect(attacked.grown).toBeLessThan(MOST);
});

test('names of errors', { timeout: 120_000 }, async () => {
  const attacked = await attack('names of errors');
  const failed = seriesOf(attacked, /^http_server_request_duration_seconds_count.*error_type/);
  // Other errors came first.
  expect(failed.length).toBeGreaterThan(90);
  expect(failed.length).toBeLessThanOrEqual(101);
  expect(sumOf(attacked, /^http_server_request_duration_seconds_count.*error_type/)).toBe(1000);
  expect(attacked.grown).toBeLessThan(MOST);
});
