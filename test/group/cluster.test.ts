import { afterEach, describe, expect, test } from 'vitest';
import { freePorts } from '../support/free-port.ts';
import { register } from '../support/run.ts';
import { endAll, launch, reads, scrape, until, type App } from './harness.ts';

afterEach(endAll);

const visit = async (port: number): Promise<string> => (await fetch(`http://127.0.0.1:${port}/`)).text();

/** `managed`: as under PM2, whose own process is not preloaded. */
async function startCluster(
  kind: 'preloaded' | 'managed',
  env: Record<string, string> = {},
): Promise<{ app: App; port: number; metrics: number }> {
  const [port = 0, metrics = 0] = await freePorts(2);
  const managed = kind === 'managed';
  const app = launch('cluster', metrics, {
    args: [String(port), '4'],
    preload: !managed,
    env: { ...(managed && { PRELOAD: register }), ...env },
  });
  await app.waitFor(/listening/, 4);
  const workers = managed ? 4 : 5;
  await reads(
    metrics,
    'all are members',
    (page) => new Set(page.labels('nodejs_eventloop_utilization_ratio', 'worker')).size === workers,
  );
  return { app, port, metrics };
}

describe.each(['preloaded', 'managed'] as const)('a cluster (%s)', (kind) => {
  test('of 4 reads 40 requests as 40, at every scrape', async () => {
    const { app, port, metrics } = await startCluster(kind);
    const pids = new Set<string>();
    for (let n = 0; n < 40; n++) pids.add(await visit(port));
    expect(pids.size).toBe(4);
    for (let n = 0; n < 20; n++) {
      const page = await scrape(metrics);
      expect(page?.sum('requests_total')).toBe(40);
      expect(page?.sum('request_seconds_count')).toBe(40);
      expect(page?.sum('http_server_request_duration_seconds_count')).toBe(40);
    }
    expect(app.lines()).toEqual([]);
  });

  test('never counts backwards while its processes are killed and replaced', async () => {
    const { app, port, metrics } = await startCluster(kind);
    let [count, seconds, buckets] = [0, 0, 0];
    let served = 0;
    for (let round = 0; round < 50; round++) {
      const pid = await visit(port).catch(() => undefined);
      const page = await scrape(metrics);
      if (page !== undefined) {
        served++;
        expect(page.sum('requests_total')).toBeGreaterThanOrEqual(count);
        expect(page.sum('request_seconds_sum')).toBeGreaterThanOrEqual(seconds);
        expect(page.sum('request_seconds_bucket')).toBeGreaterThanOrEqual(buckets);
        [count, seconds, buckets] = [
          page.sum('requests_total'),
          page.sum('request_seconds_sum'),
          page.sum('request_seconds_bucket'),
        ];
      }
      // Where the primary has no part in it, the one that serves is killed as well.
      if (round % 10 === 5 && pid !== undefined) process.kill(Number(pid), 'SIGKILL');
      if (round % 10 === 5) await app.waitFor(/exit/, (round + 5) / 10);
    }
    expect(served).toBeGreaterThan(30);
    expect(count).toBeGreaterThan(30);
    await app.waitFor(/listening/, 9);
    await until('labels are used again', async () => {
      const labels = new Set((await scrape(metrics))?.labels('nodejs_eventloop_utilization_ratio', 'worker'));
      return labels.size === (kind === 'managed' ? 4 : 5) && Math.max(...[...labels].map(Number)) <= 5;
    });
  });

  // Who has the port hears of it within 250 ms, unless it is busy for longer: the guide says so, and other tests run beside these.
  const whereNobodyIsBusy = { retry: 2 };

  test(
    'lets the application have the port, which its workers want once they are members',
    whereNobodyIsBusy,
    async () => {
      const [port = 0] = await freePorts(1);
      const managed = kind === 'managed';
      const app = launch('cluster', port, {
        args: [String(port), '4'],
        preload: !managed,
        env: { ...(managed && { PRELOAD: register }), LATE: '3000' },
      });
      await reads(port, 'a group', (page) => page.labels('nodejs_eventloop_utilization_ratio', 'worker').length > 1);
      await app.waitFor(/listening/, 4);
      expect(Number(await visit(port))).toBeGreaterThan(1);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect(Number(await visit(port))).toBeGreaterThan(1);
      expect(app.lines()).toEqual([
        `firstlight: the application itself listens on port ${port}: /metrics is no longer served; OTEL_EXPORTER_PROMETHEUS_PORT moves it`,
      ]);
    },
  );

  test('lets the application have the port at once', whereNobodyIsBusy, async () => {
    const [port = 0] = await freePorts(1);
    const managed = kind === 'managed';
    const app = launch('cluster', port, {
      args: [String(port), '4'],
      preload: !managed,
      env: managed ? { PRELOAD: register } : {},
    });
    await app.waitFor(/listening/, 4);
    expect(Number(await visit(port))).toBeGreaterThan(1);
    expect(app.output()).not.toContain('exit');
    for (const line of app.lines()) expect(line).toMatch(/the application itself listens|is taken/);
  });
});
