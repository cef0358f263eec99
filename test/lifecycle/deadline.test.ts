/** A collector in trouble costs the end of a process two seconds at the most, and changes nothing else of it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startFaultyCollector, type FaultyCollector } from '../support/faulty-collector.ts';
import { arrived, expected } from './arrived.ts';
import { end, shown, type Ended } from './ending.ts';
import { nameOf, TROUBLES, UNRESOLVABLE, type Trouble } from './troubles.ts';
import { byItself, bySignal, type Way } from './ways.ts';

/** The promise is 2 s; the rest is a busy machine. */
const LIMIT = 2500;

let collector: FaultyCollector;
beforeEach(async () => {
  collector = await startFaultyCollector();
});
afterEach(() => collector.close());

const WAYS = [...byItself, ...bySignal].filter(({ name }) =>
  ['natural end', 'process.exit', 'uncaughtException', 'SIGTERM'].includes(name),
);
const plain = new Map<Way, Promise<Ended>>(WAYS.map((way) => [way, end(way, { preload: false })]));

async function inTrouble(ways: readonly Way[], trouble: Trouble, env: Readonly<Record<string, string>>): Promise<void> {
  const ends = await Promise.all(ways.map(async (way) => [way, await end(way, { env })] as const));
  for (const [way, ended] of ends) {
    const alone = await plain.get(way);
    expect(shown(ended, way)).toEqual(alone && shown(alone, way));
    expect.soft(ended.ms, way.name).toBeLessThan(LIMIT);
    // Nothing is lost in silence, and nothing is said a hundred times.
    if (trouble.loses) expect.soft(ended.diagnostics.join('\n'), way.name).toMatch(/lost .*40 of 40 spans/);
    expect.soft(ended.diagnostics.length, way.name).toBeLessThanOrEqual(3);
  }
}

describe.each([
  ['http/protobuf', WAYS],
  // The ways are the same for both; two will do.
  ['grpc', WAYS.slice(-2)],
])('%s', (protocol, ways) => {
  test.each(TROUBLES.map((trouble) => [nameOf(trouble.mode), trouble] as const))('%s', async (_name, trouble) => {
    const endpoint =
      trouble.mode === UNRESOLVABLE ? UNRESOLVABLE : protocol === 'grpc' ? collector.grpcUrl : collector.url;
    if (trouble.mode !== UNRESOLVABLE) await collector.become(trouble.mode);
    await inTrouble(ways, trouble, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
    if (trouble.loses) {
      expect(arrived(collector).spans).toEqual([]);
      return;
    }
    const { spans, lines, counted } = arrived(collector);
    expect(spans).toEqual(ways.flatMap((way) => expected(way).spans).toSorted());
    expect(lines).toEqual(ways.flatMap((way) => expected(way).lines).toSorted());
    expect(counted).toBe(ways.length * 20);
  });
});

test('a signal waits for the end of the turn; then nothing is lost', async () => {
  const [quiet] = bySignal;
  const way: Way = { ...(quiet as Way), args: ['server.cjs', 'signal-while-busy'] };
  const { signal, stdout, ms } = await end(way, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  expect(signal).toBe('SIGTERM');
  expect(stdout).toContain('not busy any more');
  expect(ms).toBeLessThan(LIMIT);
  expect(arrived(collector)).toEqual(expected(way));
});
