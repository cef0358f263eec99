/**
 * What a scrape of `/metrics` costs: CPU time of a page of 10,000 series, beside prom-client and OpenTelemetry's exporter with
 * the same instruments, and the longest turn of the event loop meanwhile. Exits with 1 over budget.
 *
 *   node bench/scrape.ts [--rounds 5] [--scrapes 20]
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../test/support/free-port.ts';
import { installPeers, scrapePeers, type Peer } from './peers.ts';
import { median, printTable, writeResults } from './report.ts';
import { startServer, type Server } from './server.ts';
import { startSink } from './sink.ts';
import type { Workload } from './workloads.ts';

/** The CPU is compared with that of prom-client; the turn is in milliseconds. */
const BUDGET = { cpu: 1, turn: 50 };
const SERIES: Workload = { name: 'series', file: 'series.cjs' };
const WARM_UP = 10;

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, scrapes: { type: 'string', default: '20' } },
});
const rounds = Number(options.rounds);
const scrapes = Number(options.scrapes);

interface Page {
  readonly series: number;
  /** Bytes. */
  readonly size: number;
}

/** Milliseconds per scrape. */
interface Cost {
  readonly mainThread: number;
  /** Of all threads: with that which compresses. */
  readonly process: number;
}

interface Run extends Page {
  readonly plain: Cost;
  readonly gzip: Cost;
  readonly longestTurn: number;
}

installPeers();
const sink = await startSink();
const runs = new Map<Peer, Run[]>(scrapePeers.map((peer) => [peer, []]));
try {
  for (let round = 0; round < rounds; round++) {
    for (const [peer, of] of runs) of.push(await measure(peer));
  }
} finally {
  sink.close();
}
const over = report();
writeResults('scrape', { budget: BUDGET, over, ...Object.fromEntries([...runs].map(([{ name }, of]) => [name, of])) });
process.stdout.write(over.length === 0 ? '\nwithin budget\n' : `\nOVER BUDGET\n${over.join('\n')}\n`);
process.exitCode = over.length === 0 ? 0 : 1;

async function measure(peer: Peer): Promise<Run> {
  const port = await freePort();
  const server = await startServer(peer, SERIES, sink.url, {
    flags: ['--require', join(import.meta.dirname, 'turns.cjs')],
    env: { OTEL_EXPORTER_PROMETHEUS_PORT: String(port) },
  });
  try {
    return await measureScrapes(server, port);
  } finally {
    server.kill();
  }
}

async function measureScrapes(server: Server, port: number): Promise<Run> {
  const scrape = async (encoding: string): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { 'accept-encoding': encoding } });
    if (!response.ok) throw new Error(`/metrics answered ${response.status}`);
    return response.text();
  };
  const cost = async (encoding: string): Promise<Cost> => {
    for (let i = 0; i < WARM_UP; i++) await scrape(encoding);
    const before = await server.state();
    for (let i = 0; i < scrapes; i++) await scrape(encoding);
    const after = await server.state();
    const each = (microseconds: number): number => microseconds / 1000 / scrapes;
    return { mainThread: each(after.mainThread - before.mainThread), process: each(after.cpu - before.cpu) };
  };
  const page = await scrape('identity');
  const plain = await cost('identity');
  const gzip = await cost('gzip');
  await server.ask('watch turns');
  for (let i = 0; i < scrapes; i++) await scrape(i % 2 === 0 ? 'identity' : 'gzip');
  const longestTurn = (await server.ask('longest turn')) as number;
  const series = page.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  return { series, size: Buffer.byteLength(page), plain, gzip, longestTurn };
}

/** Prints the table and returns what is over budget in it. */
function report(): string[] {
  const of = (name: string): readonly Run[] => [...runs].find(([peer]) => peer.name === name)?.[1] ?? [];
  const middle = (name: string, what: (run: Run) => number): number => median(of(name).map(what));
  const worst = (name: string): number => Math.max(...of(name).map(({ longestTurn }) => longestTurn));
  printTable(
    `a scrape of 10,000 series (median of ${rounds} interleaved rounds of ${scrapes}; CPU ms)`,
    ['', 'series', 'kB', 'main thread', 'process', 'gzip: main thread', 'process', 'longest turn'],
    scrapePeers.map(({ name }) => [
      name,
      middle(name, ({ series }) => series).toFixed(0),
      middle(name, ({ size }) => size / 1000).toFixed(0),
      middle(name, ({ plain }) => plain.mainThread).toFixed(1),
      middle(name, ({ plain }) => plain.process).toFixed(1),
      middle(name, ({ gzip }) => gzip.mainThread).toFixed(1),
      middle(name, ({ gzip }) => gzip.process).toFixed(1),
      worst(name).toFixed(1),
    ]),
  );
  const problems = [];
  // Written so that a figure that is missing (NaN) is over budget too.
  for (const encoding of ['plain', 'gzip'] as const) {
    const ratio =
      middle('firstlight', (run) => run[encoding].process) / middle('prom-client', (run) => run[encoding].process);
    if (!(ratio <= BUDGET.cpu))
      problems.push(`a scrape, ${encoding}: ${ratio.toFixed(2)} times prom-client, budget ${BUDGET.cpu}`);
  }
  if (!(worst('firstlight') <= BUDGET.turn)) {
    problems.push(`a scrape holds the event loop for ${worst('firstlight').toFixed(0)} ms, budget ${BUDGET.turn}`);
  }
  return problems;
}
