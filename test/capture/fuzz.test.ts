/** Whatever comes in, the application and its clients see what they would see without the preload. */
import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { register, root, start, type Started } from '../support/run.ts';
import { fuzzedRequests, type Fuzzed } from './fuzzed-requests.ts';

const REQUESTS = 10_000;
/** `FUZZ_SEED` repeats a run. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const AT_ONCE = 24;
/** A connection that is reset may lose what was answered before; what happens every time is no chance. */
const ATTEMPTS = 5;

interface Server extends Started {
  readonly ports: readonly number[];
}

async function serve(flags: readonly string[], collector: Collector): Promise<Server> {
  const started = start([`${root}/test/capture/fixtures/reflecting.cjs`], {
    flags,
    timeout: 110_000,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_BSP_MAX_QUEUE_SIZE: '20000',
    },
  });
  return { ...started, ports: JSON.parse((await started.waitFor(/^ports (.*)$/m))[1]!) as number[] };
}

/** Resolves with what is answered until the server closes, or the bound is reached. */
function send({ fragments, server }: Fuzzed, { ports }: Server): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(ports[server]!, '127.0.0.1');
    let answer = '';
    socket
      .setEncoding('latin1')
      .setNoDelay()
      .setTimeout(10_000, () => {
        answer += '\nno end';
        socket.destroy();
      });
    socket.on('data', (text: string) => (answer += text)).on('error', () => {});
    socket.once('close', () => resolve(answer.replaceAll(/^Date: .*$/gm, 'Date: now')));
    socket.once('connect', async () => {
      for (const fragment of fragments) {
        socket.write(fragment);
        await turn();
      }
      socket.end();
    });
  });
}

const both = (request: Fuzzed, servers: readonly [Server, Server]): Promise<string[]> =>
  Promise.all(servers.map((server) => send(request, server)));

async function differs(request: Fuzzed, servers: readonly [Server, Server]): Promise<readonly string[] | undefined> {
  for (let attempt = 1; ; attempt++) {
    const [alone, ours] = await both(request, servers);
    if (alone === ours) return undefined;
    if (attempt === ATTEMPTS) return [Buffer.concat(request.fragments).toString('latin1'), alone!, ours!];
  }
}

test(`${REQUESTS} requests gone wrong, seed ${SEED}`, { timeout: 120_000 }, async () => {
  const collector = await startCollector();
  const servers = [await serve([], collector), await serve(['--import', register], collector)] as const;
  try {
    const waiting = fuzzedRequests(SEED, REQUESTS);
    const different: (readonly string[])[] = [];
    const client = async (): Promise<void> => {
      for (const request of waiting) {
        const found = await differs(request, servers);
        if (found !== undefined) different.push(found);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
    expect(different).toEqual([]);

    for (const { child } of servers) child.kill('SIGUSR2');
    const [alone, ours] = await Promise.all(servers.map(({ finished }) => finished));
    const { code, stdout, stderr } = ours!;
    expect({ code, stderr, stdout: withoutPorts(stdout) }).toEqual({
      code: 0,
      stderr: alone!.stderr,
      stdout: withoutPorts(alone!.stdout),
    });
    expectFewSeries(collector);
  } finally {
    for (const { child } of servers) child.kill('SIGKILL');
    await collector.close();
  }
});

const withoutPorts = (stdout: string): string => stdout.replace(/^ports .*\n/, '');

const BOUNDED: Readonly<Record<string, RegExp>> = {
  'http.request.method': /^(?:CONNECT|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT|QUERY|TRACE|_OTHER)$/,
  'url.scheme': /^http$/,
  // The insecure parser takes any two digits.
  'network.protocol.version': /^(?:0\.9|1\.[01])$/,
  'http.response.status_code': /^(?:101|200|203|417)$/,
  'error.type': /^[\w.]{1,30}$/,
};

/** No client can make series: every value of every attribute is one of a few. */
function expectFewSeries(collector: Collector): void {
  const points = collector
    .metrics()
    .flatMap(({ name, points }) => (name === 'http.server.request.duration' ? points : []));
  expect(points.reduce((sum, { count = 0 }) => sum + count, 0)).toBeGreaterThan(REQUESTS / 4);
  const strange = points.flatMap(({ attributes }) =>
    Object.entries(attributes).filter(([key, value]) => BOUNDED[key]?.test(String(value)) !== true),
  );
  expect(strange).toEqual([]);
  expect(new Set(points.map(({ attributes }) => JSON.stringify(attributes))).size).toBeLessThan(300);
}
