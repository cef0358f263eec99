/**
 * What visitors of an application wait while a thousand scrape it at once. Exits with 1 over budget.
 *
 *   node bench/visitors.ts [--rounds 3]
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { freePort } from '../test/support/free-port.ts';
import { installPeers, visitedPeers, type Peer } from './peers.ts';
import { median, printTable, writeResults } from './report.ts';
import type { Scraped } from './scrapers.ts';
import { startServer, type Server } from './server.ts';
import { startSink } from './sink.ts';
import type { Latencies } from './steady.ts';
import { workloads } from './workloads.ts';

/** The 99th percentile, over that without scrapes. */
const BUDGET = 2;
const WARM_UP = 4000;
const SCRAPERS = 1000;
/** Requests per second, for so many seconds: far less than the application can answer. */
const RATE = 500;
const SECONDS = 5;
/** Milliseconds after which the scrapers come. */
const COME_AFTER = 1000;

interface Run {
  readonly without: Latencies;
  readonly during: Latencies;
  readonly scraped: Scraped;
}

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const rounds = Number(options.rounds);
installPeers();
const runs = new Map<Peer, readonly Run[]>();
for (const peer of visitedPeers) runs.set(peer, await measure(peer));
const over = [...runs].flatMap(report);
writeResults('visitors', {
  budget: BUDGET,
  over,
  ...Object.fromEntries([...runs].map(([{ name }, of]) => [name, of])),
});
process.stdout.write(over.length === 0 ? '\nwithin budget\n' : `\nOVER BUDGET\n${over.join('\n')}\n`);
process.exitCode = over.length === 0 ? 0 : 1;

/** Firstlight with all signals on, as an application has them. */
async function measure(peer: Peer): Promise<readonly Run[]> {
  const express = workloads.find(({ name }) => name === 'express');
  if (express === undefined) throw new Error('no such workload');
  const sink = await startSink();
  const metricsPort = await freePort();
  const env = { OTEL_EXPORTER_PROMETHEUS_PORT: String(metricsPort) };
  const server = await startServer(peer, express, sink.url, { env });
  try {
    return await visited(server, metricsPort);
  } finally {
    server.kill();
    sink.close();
  }
}

async function visited(server: Server, metricsPort: number): Promise<readonly Run[]> {
  const { port } = await server.state();
  const visit = (): Promise<Latencies> => tool('steady.ts', port, '/users/42', RATE, SECONDS);
  const scrape = (): Promise<Scraped> => tool('scrapers.ts', metricsPort, SCRAPERS);
  await server.load(WARM_UP);
  const results: Run[] = [];
  for (let round = 0; round < rounds; round++) {
    const without = await visit();
    const [during, scraped] = await Promise.all([visit(), wait(COME_AFTER).then(scrape)]);
    results.push({ without, during, scraped });
  }
  return results;
}

async function tool<T>(file: string, ...args: readonly (string | number)[]): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(import.meta.dirname, file),
    ...args.map(String),
  ]);
  return JSON.parse(stdout) as T;
}

/** Prints the table of a peer and returns what is over budget in it. */
function report([{ name }, of]: [Peer, readonly Run[]]): string[] {
  const middle = (what: (run: Run) => number): number => median(of.map(what));
  const row = (title: string, latencies: (run: Run) => Latencies): string[] => [
    title,
    ...(['p50', 'p99', 'max'] as const).map((what) => middle((run) => latencies(run)[what]).toFixed(1)),
    middle((run) => latencies(run).failed).toFixed(0),
  ];
  const seconds = middle(({ scraped }) => scraped.seconds);
  const turnedAway = middle(({ scraped }) => scraped.turnedAway);
  printTable(
    `${RATE} requests per second to express with ${name} (ms; median of ${rounds} rounds of ${SECONDS} s)`,
    ['', 'p50', 'p99', 'max', 'failed'],
    [row('without scrapes', ({ without }) => without), row(`while ${SCRAPERS} scrape at once`, ({ during }) => during)],
  );
  process.stdout.write(`all were served after ${seconds.toFixed(1)} s; ${turnedAway} were turned away and came back\n`);
  const ratio = middle(({ during, without }) => during.p99 / without.p99);
  return name !== 'firstlight' || ratio <= BUDGET
    ? []
    : [`visitors: p99 is ${ratio.toFixed(1)} times that without scrapes, budget ${BUDGET}`];
}
