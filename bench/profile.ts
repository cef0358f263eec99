/**
 * Where the microseconds of a request go: CPU profiles of a workload, bare and with Firstlight, summed by source file
 * and package. A report; it has no budget.
 *
 *   node build.ts --sourcemap && node bench/profile.ts [--workload express] [--requests 20000]
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installPeers, peers, type Peer } from './peers.ts';
import { printTable, writeResults } from './report.ts';
import { startServer } from './server.ts';
import { startSink } from './sink.ts';
import { sourceNames, type CallFrame } from './source-of.ts';
import { workloads } from './workloads.ts';

/** Rows that cost less than this many microseconds are one row. */
const SMALL = 0.3;
const WARM_UP = 4000;

interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly samples: readonly number[];
  /** Microseconds, wall time. */
  readonly timeDeltas: readonly number[];
}

const { values: options } = parseArgs({
  options: { workload: { type: 'string', default: 'express' }, requests: { type: 'string', default: '20000' } },
});
const requests = Number(options.requests);
const workload = workloads.find(({ name }) => name === options.workload);
if (workload === undefined) throw new Error(`--workload: ${workloads.map(({ name }) => name).join(' | ')}`);
if (!existsSync(join(import.meta.dirname, '../dist/preload.cjs.map'))) throw new Error('run node build.ts --sourcemap');

installPeers();
const sink = await startSink();
const [bare, ours] = [await spent('none'), await spent('firstlight')];
sink.close();

const get = (of: ReadonlyMap<string, number>, name: string): number => of.get(name) ?? 0;
const added = (name: string): number => get(ours, name) - get(bare, name);
const names = [...new Set([...ours.keys(), ...bare.keys()])].toSorted((a, b) => added(b) - added(a));
const small = names.filter((name) => Math.abs(added(name)) < SMALL);
const sum = (of: ReadonlyMap<string, number>, those: readonly string[]): number =>
  those.reduce((total, name) => total + get(of, name), 0);
const row = (name: string, those: readonly string[]): string[] => {
  const [without, with_] = [sum(bare, those), sum(ours, those)];
  return [name, without.toFixed(1), with_.toFixed(1), (with_ - without).toFixed(1)];
};
printTable(
  `where a request to ${workload.name} goes (µs, ${requests} requests)`,
  ['', 'none', 'firstlight', 'added'],
  [
    ...names.filter((name) => !small.includes(name)).map((name) => row(name, [name])),
    row(`${small.length} that add less than ${SMALL} each`, small),
    row('all', names),
  ],
);
writeResults('profile', {
  workload: workload.name,
  requests,
  none: Object.fromEntries(bare),
  firstlight: Object.fromEntries(ours),
});

/**
 * CPU microseconds per request by source. A profile is taken by the clock on the wall, which runs on while others have
 * the processor; so it says how the CPU time of the main thread is shared out, and not how much it is.
 */
async function spent(name: Peer['name']): Promise<ReadonlyMap<string, number>> {
  const peer = peers.find((candidate) => candidate.name === name);
  if (peer === undefined || workload === undefined) throw new Error(name);
  const server = await startServer(peer, workload, sink.url, {
    flags: ['--require', join(import.meta.dirname, 'profiler.cjs')],
  });
  try {
    await server.load(WARM_UP);
    await server.ask('start profile');
    const before = await server.state();
    await server.load(requests);
    const after = await server.state();
    const shares = sharesOf((await server.ask('stop profile')) as Profile);
    const mainThread = (after.mainThread - before.mainThread) / requests;
    const result = new Map([...shares].map(([source, share]) => [source, share * mainThread]));
    return result.set('(other threads)', (after.cpu - before.cpu) / requests - mainThread);
  } finally {
    server.kill();
  }
}

function sharesOf({ nodes, samples, timeDeltas }: Profile): ReadonlyMap<string, number> {
  const sourceOf = sourceNames();
  const sources = new Map(nodes.map(({ id, callFrame }) => [id, sourceOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const source = sources.get(id) ?? '(unknown)';
    times.set(source, (times.get(source) ?? 0) + (timeDeltas[index] ?? 0));
  }
  times.delete('(idle)');
  const total = [...times.values()].reduce((a, b) => a + b, 0);
  return new Map([...times].map(([source, time]) => [source, time / total]));
}
