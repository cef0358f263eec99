/**
 * What a request costs: CPU time of a server per request, bare, with Firstlight and with stock OpenTelemetry, under
 * as much load as it takes. A report; it has no budget.
 *
 *   node bench/request.ts [--rounds 3] [--requests 6000]
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { assertStarted, installPeers, peerEnv, peers, peersFolder, type Peer } from './peers.ts';
import { median, printTable, writeResults } from './report.ts';
import { startSink } from './sink.ts';

const CONNECTIONS = 50;
const WARM_UP = 4000;
const apps = ['http.cjs', 'express.cjs'];

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, requests: { type: 'string', default: '6000' } },
});
const rounds = Number(options.rounds);
const requests = Number(options.requests);

interface State {
  readonly port: number;
  /** Microseconds. */
  readonly cpu: number;
  readonly rss: number;
  readonly traced: boolean;
}

installPeers();
const sink = await startSink();
const runs = new Map(
  apps.map((app) => [app, new Map(peers.map(({ name }) => [name, [] as { cpu: number; rss: number }[]]))]),
);
for (let round = 0; round < rounds; round++) {
  for (const [app, byPeer] of runs) for (const peer of peers) byPeer.get(peer.name)?.push(await measure(peer, app));
}
sink.close();

for (const [app, byPeer] of runs) {
  const of = (name: Peer['name'], what: 'cpu' | 'rss'): number =>
    median((byPeer.get(name) ?? []).map((run) => run[what]));
  printTable(
    `requests to ${app} (median of ${rounds} interleaved rounds of ${requests})`,
    ['', 'CPU µs/request', 'ratio', 'added', 'RSS MB after'],
    peers.map(({ name }) => [
      name,
      of(name, 'cpu').toFixed(1),
      (of(name, 'cpu') / of('none', 'cpu')).toFixed(2),
      (of(name, 'cpu') - of('none', 'cpu')).toFixed(1),
      (of(name, 'rss') / 1e6).toFixed(0),
    ]),
  );
}
writeResults('request', { requests, runs: [...runs].map(([app, byPeer]) => ({ app, ...Object.fromEntries(byPeer) })) });

async function measure(peer: Peer, app: string): Promise<{ cpu: number; rss: number }> {
  const server = spawn(process.execPath, [...peer.flags, join(import.meta.dirname, 'apps', app)], {
    cwd: peersFolder,
    env: peerEnv(sink.url),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    const { port, traced } = await ask(server);
    assertStarted(peer, traced);
    await load(port, WARM_UP);
    const before = await ask(server);
    await load(port, requests);
    const after = await ask(server);
    return { cpu: (after.cpu - before.cpu) / requests, rss: after.rss };
  } finally {
    server.kill('SIGKILL');
  }
}

async function ask(server: ChildProcess): Promise<State> {
  server.send('state');
  const [state] = (await once(server, 'message')) as [State];
  return state;
}

async function load(port: number, amount: number): Promise<void> {
  const args = [join(import.meta.dirname, 'load.ts'), String(port), '/users/42', String(amount), String(CONNECTIONS)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  if (stdout.trim() !== '0') throw new Error(`${stdout.trim()} of ${amount} requests failed`);
}
