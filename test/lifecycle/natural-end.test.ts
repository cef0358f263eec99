import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCollector } from '../support/collector.ts';
import { root, run } from '../support/run.ts';

const script = `${root}/test/lifecycle/fixtures/script.cjs`;

/** The promise is 2 s; the rest is the start of Node on a busy machine. */
const DEADLINE = 4000;

async function timed(env: Readonly<Record<string, string>>) {
  const start = performance.now();
  const end = await run([script], { env: { OTEL_EXPORTER_PROMETHEUS_PORT: '0', ...env } });
  return { ...end, ms: performance.now() - start };
}

test('what a script made is sent before it ends', async () => {
  const collector = await startCollector();
  const { code, stderr } = await timed({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const [span] = await collector.waitForSpans(1, 5000);
  await collector.close();
  expect(span?.name).toBe('one');
  expect(code).toBe(0);
  expect(stderr).toBe('');
});

describe.each(['http/protobuf', 'grpc'])('a collector that does not take %s', (protocol) => {
  const sockets = new Set<Socket>();
  const deaf = createServer((socket) => void sockets.add(socket));
  beforeAll(() => new Promise<void>((resolve) => void deaf.listen(0, '127.0.0.1', resolve)));
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    deaf.close();
  });

  test.each([
    ['refuses', () => 'http://127.0.0.1:1'],
    ['never answers', () => `http://127.0.0.1:${(deaf.address() as AddressInfo).port}`],
  ])('because it %s: the script ends in time, as it would, with one line', async (_how, endpoint) => {
    const end = await timed({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(), OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
    expect(end.code).toBe(0);
    expect(end.stdout).toBe('done\n');
    expect(end.ms).toBeLessThan(DEADLINE);
    expect(end.diagnostics).toHaveLength(1);
    expect(end.stderr.split('\n').filter((line) => line !== '')).toEqual(end.diagnostics);
  });
});

test('standing aside does not ask for a second deadline', async () => {
  const start = performance.now();
  const { code, diagnostics } = await run(
    [
      '-e',
      "require('@opentelemetry/api').trace.getTracer('t').startSpan('s').end(); require('@opentelemetry/sdk-trace')",
    ],
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_PROMETHEUS_PORT: '0' }, cwd: root },
  );
  expect(code).toBe(0);
  expect(diagnostics[0]).toMatch(/stands aside/);
  expect(performance.now() - start).toBeLessThan(DEADLINE);
});
