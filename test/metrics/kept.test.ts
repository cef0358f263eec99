import { afterEach, describe, expect, test, vi } from 'vitest';
import { available } from '../backends/binaries.ts';
import { startPrometheus } from '../backends/metrics.ts';
import { parse } from '../bridges/prometheus/exposition.ts';
import { startCollector, type Collector } from '../support/collector.ts';
import { freePort } from '../support/free-port.ts';
import { start, type Started } from '../support/run.ts';
import { testWithTools } from '../support/servers.ts';

const app = `${import.meta.dirname}/fixtures/measures.cjs`;
const TRACE = '0af7651916cd43dd8448eb211c80319c';

interface App {
  readonly scrape: (accept?: string) => Promise<string>;
  readonly say: (line: string) => Promise<void>;
  readonly request: (flags?: string) => Promise<void>;
  readonly started: Started;
  readonly target: string;
}

const running: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.close();
});

async function startApp(env: Readonly<Record<string, string>> = {}): Promise<App> {
  const port = await freePort();
  const started = start([app], {
    stdin: null,
    env: {
      OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      ...env,
    },
  });
  running.push({ close: () => started.child.kill() });
  const [, own] = await started.waitFor(/listening on (\d+)/);
  const target = `127.0.0.1:${port}`;
  await vi.waitUntil(async () => fetch(`http://${target}/metrics`).catch(() => undefined), { timeout: 10_000 });
  let said = 0;
  return {
    started,
    target,
    scrape: async (accept) =>
      (await fetch(`http://${target}/metrics`, accept === undefined ? {} : { headers: { accept } })).text(),
    async say(line) {
      started.child.stdin?.write(`${line}\n`);
      said++;
      await started.waitFor(new RegExp(`(?:done\\n[^]*){${said}}`));
    },
    async request(flags = '01') {
      const traceparent = `00-${TRACE}-b7ad6b7169203331-${flags}`;
      await fetch(`http://127.0.0.1:${own}/`, { headers: { traceparent } });
    },
  };
}

const OPENMETRICS = 'application/openmetrics-text;version=1.0.0';

const visits = (text: string): readonly (readonly [string, number])[] =>
  [...parse(text).samples].filter(([name]) => name.startsWith('visits_total'));

test('a metric has a limit of series for ever, not for each scrape; the rest is counted as one, and a line says what grew', async () => {
  const { scrape, say, started } = await startApp();
  for (let round = 0; round < 4; round++) {
    await say(`add ${round * 1500} ${(round + 1) * 1500}`);
    await scrape();
  }
  const series = visits(await scrape());
  expect(series).toHaveLength(2000);
  expect(series.reduce((sum, [, count]) => sum + count, 0)).toBe(6000);
  expect(series.find(([name]) => name.includes('otel_metric_overflow="true"'))?.[1]).toBe(6000 - 1999);
  started.child.kill();
  expect((await started.finished).diagnostics).toEqual([
    'firstlight: metric visits has reached its limit of 2000 series: attribute user has 1999 values; further ones count as otel.metric.overflow',
  ]);
});

test('what is served is the same for everybody, however often and by whomever it is asked for', async () => {
  const collector = await startCollector();
  running.push(collector);
  const { scrape, say, started } = await startApp({
    OTEL_METRICS_EXPORTER: 'otlp,prometheus',
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_METRIC_EXPORT_INTERVAL: '200',
  });
  for (let round = 0; round < 5; round++) {
    await say('add 0 3');
    await scrape();
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  expect(visits(await scrape()).map(([, count]) => count)).toEqual([5, 5, 5]);
  started.child.kill();
  await started.finished;
  expect(sentVisits(collector)).toBe(15);
});

const sentVisits = (collector: Collector): number =>
  collector
    .metrics()
    .filter(({ name }) => name === 'visits')
    .flatMap(({ points }) => points)
    .reduce((sum, { value }) => sum + Number(value), 0);

test('observed series come and go with what is observed, and stay as they were where the callback fails', async () => {
  const { scrape, say } = await startApp();
  const polls = async (): Promise<readonly string[]> =>
    [...parse(await scrape()).samples]
      .filter(([name]) => name.startsWith('polls_total'))
      .map(([name, value]) => `${/ name="(\w+)"|[{,]name="(\w+)"/.exec(name)?.[2]} ${value}`);
  expect(await polls()).toEqual(['a 2', 'b 2']);
  await say('observe b c d');
  expect(await polls()).toEqual(['b 3', 'c 3', 'd 3']);
  await say('observe throw');
  expect(await polls()).toEqual(['b 3', 'c 3', 'd 3']);
});

test('exemplars are of the trace that was measured, of sampled ones alone, and in OpenMetrics alone', async () => {
  const { scrape, request, say } = await startApp();
  await request('00');
  await say('record 0.5');
  expect(await scrape(OPENMETRICS)).not.toContain(' # {');
  await request();
  const text = await scrape(OPENMETRICS);
  const exemplars = text.split('\n').filter((line) => line.includes(' # {'));
  const of = (name: string): string | undefined => exemplars.find((line) => line.startsWith(name));
  for (const name of [
    'http_server_request_duration_seconds_bucket',
    'http_request_duration_seconds_bucket',
    'http_requests_total',
    'latency_seconds_bucket',
    'visits_total{kind="request"',
  ]) {
    expect(of(name), name).toMatch(
      new RegExp(` # \\{trace_id="${TRACE}",span_id="[0-9a-f]{16}"\\} [\\d.e-]+ \\d{10}\\.?\\d*$`),
    );
  }
  expect(await scrape()).not.toContain('trace_id');
});

test.each([
  ['always_off', 0],
  ['always_on', 1],
])('with the filter %s a measurement outside of any trace has %d exemplars', async (filter, expected) => {
  const { scrape, say } = await startApp({ OTEL_METRICS_EXEMPLAR_FILTER: filter });
  await say('record 0.5');
  const lines = (await scrape(OPENMETRICS)).split('\n').filter((line) => line.startsWith('latency_seconds_bucket'));
  expect(lines.filter((line) => line.includes(' # {} 0.5 '))).toHaveLength(expected);
});

describe.each([
  { release: 2, tools: { prometheus: available().prometheus } },
  { release: 3, tools: { prometheus3: available().prometheus3 } },
] as const)('Prometheus $release', ({ release, tools }) => {
  testWithTools(tools)('stores every series and the exemplars', async () => {
    const { target, request, say, scrape } = await startApp({ FIRSTLIGHT_PROMETHEUS_TRANSLATION: 'no_translation' });
    await request();
    await say('add 0 5');
    const prometheus = await startPrometheus({ targets: [target], release, features: ['exemplar-storage'] });
    running.push({ close: prometheus.stop });
    const find = async (): Promise<string> => {
      const query = 'query=http_request_duration_seconds_bucket&start=0&end=9999999999';
      return (await fetch(`${prometheus.url}/api/v1/query_exemplars?${query}`)).text();
    };
    await expect.poll(find, { timeout: 20_000, interval: 500 }).toContain(TRACE);
    // The names as they are, where they can be.
    const name =
      release === 3 ? '"http.server.request.duration_count"' : '__name__="http_server_request_duration_count"';
    const { result } = await prometheus.query(`{${name}}`);
    expect(result).toHaveLength(1);
    const samples = (await scrape(OPENMETRICS)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const stored = await prometheus.query('scrape_samples_scraped');
    expect(Number(stored.result[0].value[1])).toBe(samples.length);
  });
});
