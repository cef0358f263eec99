/** A process with the preload whose application measures nonsense: the endpoint answers with the rest, in order. */
import { spawn, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { root, start, type Started } from '../../support/run.ts';
import { testWithTools } from '../../support/servers.ts';
import { parse } from './exposition.ts';

const KINDS = {
  text: 'text/plain',
  openmetrics: 'application/openmetrics-text;version=1.0.0',
};

let app: Started;
let address: string;

beforeAll(async () => {
  const port = await freePort();
  address = `http://127.0.0.1:${port}/metrics`;
  app = start([`${root}/test/bridges/prometheus/fixtures/hostile.cjs`], {
    timeout: 60_000,
    env: {
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
    },
  });
  await app.waitFor(/ready/);
  await vi.waitUntil(() => fetch(address).catch(() => undefined), { timeout: 20_000 });
});

test.each(Object.entries(KINDS))('%s: all that is sound is served, again and again', async (_kind, accept) => {
  for (let scrape = 0; scrape < 3; scrape++) {
    const response = await fetch(address, { headers: { accept } });
    expect(response.status).toBe(200);
    const body = Buffer.from(await response.arrayBuffer());
    expect(new TextDecoder('utf-8', { fatal: true }).decode(body)).toBe(String(body));
    expect(body.includes(0)).toBe(false);
    const valueOf = (name: string): string | undefined =>
      new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(String(body))?.[1];
    expect([valueOf('works'), valueOf('works_total')]).toEqual(['7', '7']);
    for (const name of ['hits_total', 'open', 'size_bytes_count', 'level', 'seen_total', 'watched', 'many']) {
      expect(valueOf(name), name).toBeDefined();
    }
    for (const name of ['_2_many_words_total', 'gr_e_total', 'with_dash_total', `${'x'.repeat(255)}_total`]) {
      expect(valueOf(name), name).toBe('1');
    }
    expect(String(body)).not.toMatch(/^(?:throws|rejects|hangs|hostile_thenable)\{/m);
  }
});

test('the format is right', async () => {
  const { samples } = parse(await (await fetch(address)).text());
  expect(samples.size).toBeGreaterThan(1000);
});

testWithTools({ promtool: spawnSync('promtool', ['--version']).status === 0 })(
  'promtool finds nothing to say but of the style of names',
  async () => {
    const body = await (await fetch(address)).text();
    const report = await new Promise<string>((resolve) => {
      const child = spawn('promtool', ['check', 'metrics']);
      let said = '';
      child.stdout.on('data', (text) => (said += text));
      child.stderr.on('data', (text) => (said += text));
      child.once('close', () => resolve(said));
      child.stdin.end(body);
    });
    // How the application spells its names is its own affair; two are spelt by the guides and by the conventions.
    expect(
      report
        .split('\n')
        .filter(
          (line) =>
            line !== '' &&
            !/camelCase|abbreviated units|^database_connections_total |^process_open_file_descriptor_count /.test(line),
        ),
    ).toEqual([]);
  },
);

afterAll(async () => {
  app.child.kill('SIGTERM');
  const { code, diagnostics } = await app.finished;
  expect(code).toBe(0);
  for (const line of [
    /callback of "throws" failed; it is measured without: no database$/,
    /callback of "rejects" failed/,
    /callback of "hangs" failed; it is measured without: Operation timed out\.$/,
    /callback of "hostile\.thenable" failed/,
    /callback of "many" observes more than 10000 sets of attributes at once/,
    /has a name that OpenTelemetry does not allow/,
    /has a name of more than 255 characters/,
  ]) {
    expect(diagnostics.filter((said) => line.test(said))).toHaveLength(1);
  }
  expect(diagnostics.length).toBeLessThan(100);
});
