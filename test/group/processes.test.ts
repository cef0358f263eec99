import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { endAll, launch, reads, scrape, until, type App } from './harness.ts';

afterEach(endAll);

const TOTAL = 'jobs_total';

/** The one that serves first. */
async function startAll(port: number, count: number, env: Record<string, string> = {}): Promise<readonly App[]> {
  const apps: App[] = [];
  for (let n = 0; n < count; n++) {
    const app = launch('plain', port, { env });
    await app.waitFor(/ready/);
    await reads(
      port,
      `${n + 1} processes`,
      (page) => page.labels('level', n === 0 ? 'none' : 'worker').length === n + 1,
    );
    apps.push(app);
  }
  return apps;
}

test('four processes that are started side by side add up, and gauges tell them apart', async () => {
  const port = await freePort();
  const apps = Array.from({ length: 4 }, () => launch('plain', port));
  await Promise.all(apps.map((app) => app.waitFor(/ready/)));
  await Promise.all(apps.map((app) => app.order('work 10')));
  const page = await reads(port, 'all of them', (each) => each.sum(TOTAL) === 40);
  expect(page.labels('level', 'worker')).toEqual(['0', '1', '2', '3']);
  expect(page.labels(TOTAL, 'worker')).toEqual([undefined, undefined]);
  expect(page.sum('jobs_open')).toBe(4);
  expect(page.sum('job_duration_seconds_count')).toBe(40);
  expect(apps.flatMap((app) => app.lines())).toEqual([]);
});

test('a process that is alone has no label', async () => {
  const port = await freePort();
  await startAll(port, 1);
  expect((await scrape(port))?.labels('level', 'worker')).toEqual([undefined]);
});

test('what a process has counted stays when it ends, up to its last word; what it holds open does not', async () => {
  const port = await freePort();
  const [, second] = await startAll(port, 2);
  await second?.order('work 10');
  second?.child.stdin?.write('work 7\nexit 3\n');
  expect(await second?.ended).toEqual({ code: 3, signal: null });
  const page = await reads(port, 'only one', (each) => each.labels('level', 'worker').length === 1);
  expect(page.sum(TOTAL)).toBe(17);
  expect(page.sum('jobs_open')).toBe(0);
  expect(page.labels('level', 'worker')).toEqual(['0']);
});

test('nothing counts backwards when members that have just joined and processes that come new want the port at once', async () => {
  const port = await freePort();
  const apps = [launch('plain', port)];
  await apps[0]!.waitFor(/ready/);
  await apps[0]!.order('work 10');
  await reads(port, 'it serves', (page) => page.sum(TOTAL) === 10);
  apps.push(launch('plain', port));
  await reads(port, 'another', (page) => page.labels('level', 'worker').length === 2);
  let before = 10;
  for (let round = 0; round < 4; round++) {
    apps.shift()?.child.kill('SIGKILL');
    apps.push(launch('plain', port));
    await reads(port, 'both are there', (page) => {
      expect(page.sum(TOTAL)).toBeGreaterThanOrEqual(before);
      before = page.sum(TOTAL);
      return page.labels('level', 'worker').length === 2;
    });
  }
  expect(before).toBe(10);
});

test.each(['is killed', 'ends'])(
  'when the one that serves %s another does within 2 s, and nothing counts backwards',
  async (how) => {
    const port = await freePort();
    const apps = await startAll(port, 4);
    for (const app of apps) await app.order('work 10');
    let before = (await scrape(port))!;
    expect(before.sum(TOTAL)).toBe(40);
    for (const app of apps.slice(0, 3)) {
      if (how === 'is killed') app.child.kill('SIGKILL');
      else app.child.stdin?.write('work 5\nexit 0\n');
      await app.ended;
      const page = await reads(port, 'somebody serves', () => true, 2000);
      expect(page.sum(TOTAL)).toBeGreaterThanOrEqual(before.sum(TOTAL));
      expect(page.sum('job_duration_seconds_sum')).toBeGreaterThanOrEqual(before.sum('job_duration_seconds_sum'));
      before = page;
      await reads(
        port,
        'the rest has joined',
        (each) => each.labels('level', 'worker').length === apps.length - apps.indexOf(app) - 1,
      );
    }
    expect((await scrape(port))?.sum(TOTAL)).toBe(how === 'is killed' ? 40 : 55);
  },
);

test.each([
  ['another service', { OTEL_SERVICE_NAME: 'other' }],
  ['another version of the service', { OTEL_RESOURCE_ATTRIBUTES: 'service.version=2' }],
  ['another FIRSTLIGHT_INSTANCE_GROUP', { FIRSTLIGHT_INSTANCE_GROUP: 'blue' }],
])('%s is not merged, the line names who serves, and it serves as soon as the port is free', async (why, env) => {
  const port = await freePort();
  const [first] = await startAll(port, 1, { OTEL_RESOURCE_ATTRIBUTES: 'service.version=1' });
  await first?.order('work 3');
  const stranger = launch('plain', port, { env: { OTEL_RESOURCE_ATTRIBUTES: 'service.version=1', ...env } });
  await stranger.waitFor(/ready/);
  await stranger.order('work 10');
  await until('a line', () => stranger.lines().length > 0);
  expect(stranger.lines()).toEqual([
    `firstlight: port ${port} is taken by "group-test" 1 (pid ${first?.pid}; ${why}): /metrics is not served; OTEL_EXPORTER_PROMETHEUS_PORT moves it`,
  ]);
  expect((await scrape(port))?.sum(TOTAL)).toBe(3);
  first?.child.kill('SIGTERM');
  await first?.ended;
  await reads(port, 'the other serves', (page) => page.sum(TOTAL) === 10);
  expect(stranger.lines().slice(1)).toEqual([`firstlight: port ${port} is free again: /metrics is served on it`]);
});

test('whoever else has the port is named, and asked once', async () => {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests++;
    response.end('no');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const app = launch('plain', port);
  await app.waitFor(/ready/);
  await until('a line', () => app.lines().length > 0);
  expect(app.lines()).toHaveLength(1);
  expect(app.lines()[0]).toMatch(
    new RegExp(`^firstlight: port ${port} is taken by \\S.* \\(pid ${process.pid}\\): /metrics is not served; `),
  );
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(requests).toBe(1);
  server.close();
  await until('it serves', async () => (await scrape(port)) !== undefined);
});

test('a member that is blocked for 5 s counts with its last values, and the scrape answers within 2 s', async () => {
  const port = await freePort();
  const [first, second, third] = await startAll(port, 3);
  for (const app of [first, second, third]) await app?.order('work 10');
  expect((await scrape(port))?.sum(TOTAL)).toBe(30);
  second?.child.stdin?.write('work 5\nblock 5000\n');
  await third?.order('work 1');
  for (let n = 0; n < 3; n++) {
    const page = await scrape(port);
    expect(page?.ms).toBeLessThan(2000);
    expect([31, 36]).toContain(page?.sum(TOTAL));
  }
  await reads(port, 'it is back', (page) => page.sum(TOTAL) === 36);
});

describe('the application listens on the port', () => {
  test.each(['the one that serves', 'a member'])('in %s', async (who) => {
    const port = await freePort();
    const [first, second, third] = await startAll(port, 3);
    const app = who === 'a member' ? second : first;
    expect(await app?.order(`listen ${port}`)).toBe('listens');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await scrape(port))?.text).toBe('the application');
    expect([first, second, third].flatMap((each) => each?.lines())).toEqual([
      `firstlight: the application itself listens on port ${port}: /metrics is no longer served; OTEL_EXPORTER_PROMETHEUS_PORT moves it`,
    ]);
  });
});

test('a process that listens on the port in its first turn gets it from the one that serves', async () => {
  const port = await freePort();
  const [first, second] = await startAll(port, 2);
  const app = launch('plain', port, { args: ['listen', String(port)] });
  await app.waitFor(/ready/);
  await app.waitFor(/listens/);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((await scrape(port))?.text).toBe('the application');
  expect([first, second, app].flatMap((each) => each?.lines())).toEqual([
    `firstlight: the application itself listens on port ${port}: /metrics is no longer served; OTEL_EXPORTER_PROMETHEUS_PORT moves it`,
  ]);
});

test('worker threads add up with their process, also those that have ended; gauges tell them apart', async () => {
  const port = await freePort();
  const [first, second] = await startAll(port, 2);
  for (const app of [first, second]) {
    await app?.order('work 1');
    for (let n = 0; n < 2; n++) {
      expect(await app?.order('thread')).toBe('ready');
      expect(await app?.order(`tell ${n} work_10`)).toBe('done');
    }
  }
  const page = await reads(port, 'all threads', (each) => each.sum(TOTAL) === 42);
  expect(page.labels('level', 'worker')).toEqual(['0', '0.1', '0.2', '1', '1.1', '1.2']);
  // By itself, with its last word; and by force, without.
  await first?.order('tell 0 work_5');
  expect(await first?.order('tell 0 leave')).toBe('ended');
  await second?.order('terminate 1');
  await reads(port, 'all that was said', (each) => each.sum(TOTAL) === 47);
  await reads(port, 'only those that live', (each) => each.labels('level', 'worker').length === 4);
  // A thread that is blocked counts with its last values.
  void first?.order('tell 1 block_4000');
  await new Promise((resolve) => setTimeout(resolve, 100));
  const blocked = await scrape(port);
  expect(blocked?.sum(TOTAL)).toBe(47);
  expect(blocked?.ms).toBeLessThan(2000);
});

test('nothing of it keeps a process alive, whatever it is', async () => {
  const port = await freePort();
  const [first, second] = await startAll(port, 2);
  const stranger = launch('plain', port, { env: { OTEL_SERVICE_NAME: 'other' } });
  await stranger.waitFor(/ready/);
  await until('a line', () => stranger.lines().length > 0);
  for (const app of [stranger, second, first]) {
    const start = performance.now();
    await app?.order('leave');
    expect(await app?.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - start).toBeLessThan(3000);
  }
});
