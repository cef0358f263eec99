/** Wrong calls of the API, made by an application with the preload: none throws, and none costs what is right its way. */
import { describe, expect, test } from 'vitest';
import { startCollector } from '../support/collector.ts';
import { freePort } from '../support/free-port.ts';
import { root, run, type Finished } from '../support/run.ts';
import { parse } from '../bridges/prometheus/exposition.ts';

const fixture = (name: string): string => `${root}/test/misuse/fixtures/${name}.cjs`;

interface Told {
  readonly calls: number;
  readonly values: number;
  /** Calls that threw, and what they threw. */
  readonly thrown: readonly (readonly [call: string, cause: string])[];
  readonly thrownInCallbacks: readonly unknown[];
  readonly neighbours: number;
  /** The page of /metrics. */
  readonly served: string;
}

const told = ({ code, stdout, stderr }: Finished): Told => {
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Told;
};

/** The API itself throws at a few: those are the application's affair, with an SDK and without. */
const withoutSdk = async (args: readonly string[]): Promise<ReadonlySet<string>> =>
  new Set(told(await run(args, { flags: [], timeout: 60_000 })).thrown.map(([call]) => call));

/** Runs a fixture with the preload and without; returns what came of it with, and the calls that threw only there. */
async function misuse(args: readonly string[], protocol = 'http/protobuf') {
  const collector = await startCollector();
  try {
    const alone = await withoutSdk(args);
    const end = await run(args, {
      timeout: 120_000,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? collector.grpcUrl : collector.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_METRICS_EXPORTER: 'otlp,prometheus',
        OTEL_EXPORTER_PROMETHEUS_PORT: String(await freePort()),
        // Texts of a million characters, and as many of them as there are calls.
        FIRSTLIGHT_QUEUE_SIZE: '500000000',
        FIRSTLIGHT_EXIT_TIMEOUT: '30000',
      },
    });
    const seen = told(end);
    const metrics = collector.metrics();
    return {
      told: seen,
      thrown: seen.thrown.filter(([call]) => !alone.has(call)),
      spans: collector.spans().flatMap(({ name }) => /^neighbour \d+$/.exec(name) ?? []),
      logs: collector.logs().flatMap(({ body }) => (typeof body === 'string' && /^neighbour \d+$/.exec(body)) || []),
      /** The last value of each series. */
      points: (name: string) => metrics.findLast((metric) => metric.name === name)?.points ?? [],
      end,
    };
  } finally {
    await collector.close();
  }
}

/** All of them, each once. */
function expectNeighbours({ told, spans, logs, points }: Awaited<ReturnType<typeof misuse>>): void {
  const expected = Array.from({ length: told.neighbours }, (_, index) => `neighbour ${index + 1}`);
  expect(new Set(spans)).toEqual(new Set(expected));
  expect(spans).toHaveLength(expected.length);
  expect(new Set(logs)).toEqual(new Set(expected));
  expect(logs).toHaveLength(expected.length);
  expect(points('neighbours').map(({ value }) => value)).toEqual([told.neighbours]);
  expect(points('neighbours.sizes').map(({ count }) => count)).toEqual([told.neighbours]);
  expect(points('neighbours.seen').map(({ value }) => value)).toEqual([told.neighbours]);
}

describe.each(['http/protobuf', 'http/json', 'grpc'])('%s', (protocol) => {
  test('every call with every odd value', { timeout: 180_000 }, async () => {
    const seen = await misuse([fixture('table')], protocol);
    expect(seen.told.calls).toBeGreaterThanOrEqual(186);
    expect(seen.told.values).toBeGreaterThanOrEqual(13);
    expect(seen.thrown).toEqual([]);
    expect(seen.told.thrownInCallbacks).toEqual([]);
    expectNeighbours(seen);

    // A measurement counts, whatever its attributes are.
    const counted = seen.points('odd.Counter').filter(({ attributes }) => !('measured' in attributes));
    const sum = counted.reduce((total, { value = 0 }) => total + value, 0);
    expect(sum).toBe(4 * seen.told.values);
    const { samples } = parse(seen.told.served);
    const served = [...samples].find(([name]) => name.startsWith('neighbours_total'))?.[1];
    expect(served).toBe(seen.told.neighbours - 1);
    // A line for each kind of call, not for each call.
    const misuses = seen.end.diagnostics.filter((line) =>
      line.includes('an OpenTelemetry call of the application failed'),
    );
    expect(misuses.length).toBeGreaterThan(20);
    expect(new Set(misuses.map((line) => /\(([\w.]+)\)/.exec(line)?.[1])).size).toBe(misuses.length);
  });
});

test('10,000 calls drawn at random', { timeout: 180_000 }, async () => {
  const seen = await misuse([fixture('fuzz'), '20261128', '10000']);
  expect(seen.thrown).toEqual([]);
  expect(seen.told.thrownInCallbacks).toEqual([]);
  expectNeighbours(seen);
});

test('what the application throws in its own functions reaches it', async () => {
  const { code, stdout } = await run([fixture('own-errors')], {
    env: { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
  });
  expect(code).toBe(0);
  const { seen, given, rejected } = JSON.parse(stdout) as {
    readonly seen: readonly (readonly [way: string, cause: string])[];
    readonly given: unknown;
    readonly rejected: boolean;
  };
  expect(seen).toHaveLength(8);
  expect(seen.filter(([, cause]) => cause !== 'mine')).toEqual([]);
  expect({ given, rejected }).toEqual({ given: [true, true], rejected: true });
});
