import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once as event } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { available, startStatsdExporter } from '../../backends/backends.ts';
import { CACHE, INSTALL_TIMEOUT, npm, once } from '../../support/install.ts';
import { freePort } from '../../support/free-port.ts';
import { nodeBinary } from '../../support/nodes.ts';
import { run, start } from '../../support/run.ts';
import { testWithTools } from '../../support/servers.ts';

const shop = join(import.meta.dirname, 'fixtures/shop.cjs');
const patience = { timeout: 20_000, interval: 100 };
/** StatsD alone. */
const env = (address: string, others: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  OTEL_TRACES_EXPORTER: 'none',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  FIRSTLIGHT_STATSD_ADDRESS: address,
  FIRSTLIGHT_STATSD_PREFIX: 'myapp',
  ...others,
});

/** The sample of the exporter's page that begins with `name`; its names have no dots. */
const sample = (page: string, name: string): number | undefined => {
  const line = page.split('\n').find((line) => line.startsWith(name));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
};

const withExporter = testWithTools({ statsdExporter: available().statsdExporter });

describe.each(['127.0.0.1', '[::1]'] as const)('a StatsD server that understands tags, at %s', (host) => {
  withExporter('gets every count of a process, at its end', async () => {
    const server = await startStatsdExporter({ host });
    try {
      const { code, diagnostics } = await run([shop], {
        env: env(server.statsd, { FIRSTLIGHT_STATSD_TAGS: 'dogstatsd' }),
      });
      expect({ code, diagnostics }).toEqual({ code: 0, diagnostics: [] });
      const page = await vi.waitUntil(async () => {
        const page = await server.metrics();
        // It takes in a datagram at a time; too many would not pass below either.
        return (sample(page, 'myapp_payment_duration_count') ?? 0) >= 1003 && page;
      }, patience);
      expect(sample(page, 'myapp_api_requests{endpoint="unmatched",method="GET"}')).toBe(40);
      expect(sample(page, 'myapp_api_unmatched_get_count')).toBe(40);
      expect(sample(page, 'myapp_http_server_request_duration_count{')).toBe(40);
      expect(sample(page, 'myapp_orders_created{kind="book"}')).toBe(30);
      expect(sample(page, 'myapp_orders_created{kind="a:b_c_d_e_f"}')).toBe(12);
      expect(sample(page, 'myapp_level')).toBe(-5);
      expect(sample(page, 'myapp_payment_duration_count')).toBe(1003);
      expect(sample(page, 'myapp_payment_duration_sum')).toBeCloseTo(943 * 0.02 + 60 * 3, 3);
      expect(sample(page, 'statsd_exporter_sample_errors_total')).toBeUndefined();
      expect(sample(page, 'statsd_exporter_tag_errors_total')).toBe(0);
    } finally {
      await server.stop();
    }
  });
});

withExporter('what goes out at intervals, at a signal and at the end adds up, each once', async () => {
  const server = await startStatsdExporter();
  try {
    const { child, waitFor, finished } = start([shop, 'stay'], {
      env: env(server.statsd, { FIRSTLIGHT_STATSD_INTERVAL: '200' }),
    });
    await waitFor(/served/);
    const requests = async (): Promise<number | undefined> => sample(await server.metrics(), 'myapp_api_requests');
    await vi.waitUntil(async () => (await requests()) === 40, patience);
    await new Promise((resolve) => setTimeout(resolve, 600));
    child.kill('SIGTERM');
    expect((await finished).signal).toBe('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await requests()).toBe(40);
    const page = await server.metrics();
    expect(sample(page, 'myapp_orders_created_kind_book')).toBe(30);
    expect(sample(page, 'myapp_payment_duration_count')).toBe(1003);
  } finally {
    await server.stop();
  }
});

/** The StatsD of its name crashes on newer ones. */
const OLD_NODE = '20.20.2';

test('the StatsD server of Node.js has the same counts, gauges and timers', { timeout: INSTALL_TIMEOUT }, async () => {
  const folder = await once(join(CACHE, 'apps', 'statsd-0.9.0'), async (fresh) => {
    await npm(
      ['install', '--prefer-offline', '--ignore-scripts', '--no-save', '--prefix', fresh, 'statsd@0.9.0'],
      fresh,
    );
  });
  const [port, management] = [await freePort(), await freePort()];
  const config = join(folder, `config-${port}.js`);
  writeFileSync(
    config,
    `{ port: ${port}, address: '127.0.0.1', mgmt_port: ${management}, mgmt_address: '127.0.0.1', backends: [], flushInterval: 3600000 }`,
  );
  const server = spawn(await nodeBinary(OLD_NODE), [join(folder, 'node_modules/statsd/stats.js'), config], {
    stdio: 'ignore',
  });
  try {
    await vi.waitUntil(
      () =>
        ask(management, 'health').then(
          (answer) => /up/.test(answer),
          () => false,
        ),
      patience,
    );
    const { code, diagnostics } = await run([shop], { env: env(`localhost:${port}`) });
    expect({ code, diagnostics }).toEqual({ code: 0, diagnostics: [] });
    await vi.waitUntil(async () => (await ask(management, 'counters')).includes('myapp.orders.created'), patience);
    const counters = await ask(management, 'counters');
    expect(counters).toContain("'myapp.api.requests': 40");
    expect(counters).toContain("'myapp.orders.created.kind.book': 30");
    expect(counters).toContain("'myapp.orders.created.kind.a_b_c_d_e_f': 12");
    expect(counters).toContain("'statsd.bad_lines_seen': 0");
    expect(await ask(management, 'gauges')).toContain("'myapp.level': -5");
    const timers = await ask(management, 'timers');
    expect(timers).toContain("'myapp.api.unmatched.get'");
    // 943 values of 20 ms to 60 of 3 s, as ten lines to one.
    const paid = /'myapp\.payment\.duration': \[([^\]]+)\]/.exec(timers)?.[1]?.split(',').map(Number) ?? [];
    expect(paid).toHaveLength(11);
    expect(paid.filter((value) => value >= 1000)).toHaveLength(1);
  } finally {
    server.kill();
    await event(server, 'close');
  }
});

describe('a server that is not there', () => {
  test.each([
    ['has no listener', '127.0.0.1:9', /metrics do not reach the StatsD server 127\.0\.0\.1:9 .*ECONNREFUSED/],
    [
      'has no address',
      'statsd.invalid',
      /metrics do not reach the StatsD server statsd\.invalid:8125 .*statsd\.invalid/,
    ],
  ])('%s: one line, and the application neither notices nor stays', async (_what, address, says) => {
    const { child, waitFor, finished } = start([shop, 'stay'], {
      env: env(address, { FIRSTLIGHT_STATSD_INTERVAL: '100' }),
    });
    await waitFor(/served/);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.kill('SIGTERM');
    const { signal, diagnostics } = await finished;
    expect(signal).toBe('SIGTERM');
    expect(diagnostics).toEqual([expect.stringMatching(says)]);
  });

  test.each(['127.0.0.1:9', 'statsd.invalid'])('%s: a script ends as if there were none', async (address) => {
    const { code, stdout } = await run([shop], { env: env(address), timeout: 15_000 });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'served\n' });
  });
});

test('process.exit in the first turn sends what there is', async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await event(socket, 'listening');
  const received: string[] = [];
  socket.on('message', (message) => received.push(String(message)));
  const script = `require('@opentelemetry/api').metrics.getMeter('a').createCounter('runs').add(1); process.exit(3)`;
  const { code } = await run(['--eval', script], { env: env(`127.0.0.1:${socket.address().port}`) });
  await vi.waitUntil(() => received.join('\n').includes('myapp.runs:1|c'), patience);
  expect(code).toBe(3);
  socket.close();
});

test('without an address nothing of it is loaded', async () => {
  const script = `console.log(Object.keys(require.cache).filter((file) => /statsd.cjs/.test(file)).length,
    process.moduleLoadList.includes('NativeModule dgram'))`;
  const { stdout } = await run(['--eval', script], { env: { OTEL_METRICS_EXPORTER: 'none' } });
  expect(stdout).toBe('0 false\n');
  const on = await run(['--eval', script], { env: env('127.0.0.1') });
  expect(on.stdout).toBe('1 true\n');
});

/** What the management port answers to a command, without its END. */
function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\n`)).setEncoding('utf8');
    let answer = '';
    socket.on('data', (text: string) => {
      answer += text;
      if (!/END|health:/.test(answer)) return;
      socket.destroy();
      resolve(answer);
    });
    socket.on('error', reject);
  });
}
