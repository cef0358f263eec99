/**
 * What a request costs: CPU time of a server per request, its memory, and the bytes it sends, bare, with Firstlight and
 * with its peers, under as much load as it takes. Exits with 1 over budget.
 *
 *   node bench/request.ts [--rounds 5] [--requests 12000] [--install elastic,datadog]
 */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { installPeers, requestPeers, type Peer } from './peers.ts';
import { median, printTable, writeResults } from './report.ts';
import { startServer } from './server.ts';
import { startSink } from './sink.ts';
import { isRunnable, workloads, type Workload } from './workloads.ts';

/** Megabytes over the bare application, after the load. */
const RSS_BUDGET = 80;
const WARM_UP = 4000;
/** Milliseconds until an idle server has done what it put off. */
const SETTLE = 500;
/** Milliseconds until every peer has sent its spans; metrics follow later, and do not grow with the requests. */
const EXPORT = 6000;
const MB = 1e6;

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '12000' },
    install: { type: 'string', default: '' },
  },
});
const rounds = Number(options.rounds);
const requests = Number(options.requests);

interface Run {
  /** Microseconds per request. */
  readonly cpu: number;
  /** Megabytes. */
  readonly rssIdle: number;
  readonly rss: number;
}

interface Measured {
  readonly workload: Workload;
  readonly byPeer: ReadonlyMap<Peer, Run[]>;
  /** Kilobytes of a thousand requests that reached the sink, in the order of `byPeer`. */
  readonly sent: readonly number[];
}

installPeers(options.install.split(',').filter(Boolean));
const runnable = [];
for (const workload of workloads) if (await isRunnable(workload)) runnable.push(workload);
const measured: Measured[] = [];
for (const workload of runnable) {
  const compared = requestPeers().filter(({ workloads }) => workloads?.includes(workload.name) ?? true);
  const sent = await Promise.all(compared.map((peer) => measureSent(peer, workload)));
  measured.push({ workload, byPeer: new Map(compared.map((peer) => [peer, []])), sent });
}
const sink = await startSink();
try {
  for (let round = 0; round < rounds; round++) {
    for (const { workload, byPeer } of measured) {
      for (const [peer, runs] of byPeer) runs.push(await measure(peer, workload, sink.url));
    }
  }
} finally {
  sink.close();
}
const over = measured.flatMap(report);
writeResults('request', {
  requests,
  over,
  runs: measured.map(({ workload: { name }, byPeer, sent }) => ({
    name,
    sent,
    ...Object.fromEntries([...byPeer].map(([peer, runs]) => [peer.name, runs])),
  })),
});
process.stdout.write(over.length === 0 ? '\nwithin budget\n' : `\nOVER BUDGET\n${over.join('\n')}\n`);
process.exitCode = over.length === 0 ? 0 : 1;

async function measure(peer: Peer, workload: Workload, sinkUrl: string): Promise<Run> {
  const server = await startServer(peer, workload, sinkUrl);
  try {
    await wait(SETTLE);
    const idle = await server.state();
    await server.load(WARM_UP);
    const before = await server.state();
    await server.load(requests);
    const after = await server.state();
    return {
      cpu: (after.cpu - before.cpu) / requests,
      rssIdle: idle.rss / MB,
      rss: after.rss / MB,
    };
  } finally {
    server.kill();
  }
}

/** Bytes do not mind the neighbours, but a queue may overflow: the load comes from a single connection. */
async function measureSent(peer: Peer, workload: Workload): Promise<number> {
  const to = await startSink();
  const server = await startServer(peer, workload, to.url);
  try {
    await wait(SETTLE);
    const before = to.bytes();
    await server.load(1000, 1);
    await wait(EXPORT);
    return (to.bytes() - before) / 1000;
  } finally {
    server.kill();
    to.close();
  }
}

/** Prints the table of a workload and returns what is over budget in it. */
function report({ workload, byPeer, sent }: Measured): string[] {
  const of = (what: keyof Run): Map<string, number> =>
    new Map([...byPeer].map(([{ name }, runs]) => [name, median(runs.map((run) => run[what]))]));
  const [cpu, rssIdle, rss] = [of('cpu'), of('rssIdle'), of('rss')];
  const get = (figures: ReadonlyMap<string, number>, name: string): number => figures.get(name) ?? Number.NaN;
  const ratio = (name: string): number => get(cpu, name) / get(cpu, 'none');
  const addedRss = (name: string): number => get(rss, name) - get(rss, 'none');
  printTable(
    `requests to ${workload.name} (median of ${rounds} interleaved rounds of ${requests})`,
    ['', 'CPU µs/request', 'ratio', 'added', 'RSS MB idle', 'after', 'added', 'kB sent/1,000'],
    [...byPeer.keys()].map(({ name }, index) => [
      name,
      get(cpu, name).toFixed(1),
      ratio(name).toFixed(2),
      (get(cpu, name) - get(cpu, 'none')).toFixed(1),
      get(rssIdle, name).toFixed(0),
      get(rss, name).toFixed(0),
      addedRss(name).toFixed(0),
      sent[index]?.toFixed(0) ?? '',
    ]),
  );
  const { name, budget } = workload;
  // Written so that a figure that is missing (NaN) is over budget too.
  const problems = [];
  if (budget !== undefined && !(ratio('firstlight') <= budget)) {
    problems.push(`${name}: ${ratio('firstlight').toFixed(2)} times the bare application, budget ${budget}`);
  }
  if (!(addedRss('firstlight') <= RSS_BUDGET)) {
    problems.push(`${name}: RSS +${addedRss('firstlight').toFixed(0)} MB after the load, budget +${RSS_BUDGET} MB`);
  }
  return problems;
}
