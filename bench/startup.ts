/**
 * What start-up costs: CPU time of an express application until it listens and has nothing left to do, and its memory
 * when idle, bare, with Firstlight and with stock OpenTelemetry. Exits with 1 over budget.
 *
 *   node bench/startup.ts [--rounds 9] [--idle-rounds 5]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { assertStarted, folderOf, installPeers, peerEnv, peers, type Peer } from './peers.ts';
import { median, printTable, writeResults } from './report.ts';
import { startSink } from './sink.ts';

/** Shares of the CPU time that stock OpenTelemetry adds, and megabytes. */
const BUDGET = { cpu: 0.15, cpuWithCompileCache: 0.12, idleRss: 15 };

/** Milliseconds that the application stays after it listens. */
const SETTLE = 200;
const IDLE = 2000;
const MB = 1e6;

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '9' }, 'idle-rounds': { type: 'string', default: '5' } },
});

interface Run {
  /** Milliseconds of user and system time, of all its threads, after the stay. */
  readonly cpu: number;
  /** The same of the whole process and those it waited for: with its end, at which Firstlight sends what is left. */
  readonly cpuWithEnd: number;
  /** The same until the application listened. */
  readonly cpuAtListening: number;
  /** Bytes, at the end of the stay. */
  readonly rss: number;
}

installPeers();
const sink = await startSink();
const caches = mkdtempSync(join(tmpdir(), 'firstlight-bench-'));
const over: string[] = [];
try {
  const startup = await measureStartup(Number(options.rounds));
  const idle = await measureIdle(Number(options['idle-rounds']));
  writeResults('startup', { budget: BUDGET, startup, idle, over });
} finally {
  sink.close();
  rmSync(caches, { recursive: true, force: true });
}
process.stdout.write(over.length === 0 ? '\nwithin budget\n' : `\nOVER BUDGET\n${over.join('\n')}\n`);
process.exitCode = over.length === 0 ? 0 : 1;

async function measureStartup(rounds: number): Promise<object[]> {
  const variants = ['express.cjs', 'express.mjs'].flatMap((app) => [
    { app, compileCache: false },
    { app, compileCache: true },
  ]);
  for (const { app } of variants.filter(({ compileCache }) => compileCache)) {
    // The cache is written at a clean end; the second run adds what the first compiled late.
    for (const peer of peers) for (let i = 0; i < 2; i++) await run(peer, app, SETTLE, true);
  }
  const runs = new Map(variants.map((variant) => [variant, new Map(peers.map(({ name }) => [name, [] as Run[]]))]));
  for (let round = 0; round < rounds; round++) {
    for (const [{ app, compileCache }, byPeer] of runs) {
      for (const peer of peers) byPeer.get(peer.name)?.push(await run(peer, app, SETTLE, compileCache));
    }
  }
  return [...runs].map(([variant, byPeer]) => reportStartup(variant, byPeer, rounds));
}

type Figure = 'cpu' | 'cpuAtListening' | 'cpuWithEnd';

function reportStartup(
  { app, compileCache }: { readonly app: string; readonly compileCache: boolean },
  byPeer: ReadonlyMap<Peer['name'], readonly Run[]>,
  rounds: number,
): object {
  const cpu = (name: Peer['name'], of: Figure): number => median((byPeer.get(name) ?? []).map((run) => run[of]));
  const added = (name: Peer['name'], of: Figure): number => cpu(name, of) - cpu('none', of);
  const share = (of: Figure): number => added('firstlight', of) / added('opentelemetry', of);
  const title = `start-up of ${app}${compileCache ? ', compile cache' : ''} (CPU ms, median of ${rounds} interleaved)`;
  printTable(
    title,
    ['', 'until listening', 'added', 'of stock', `${SETTLE} ms later`, 'added', 'of stock', 'with its end', 'added'],
    peers.map(({ name }) => [
      name,
      ...(['cpuAtListening', 'cpu'] as const).flatMap((of) => [
        cpu(name, of).toFixed(0),
        name === 'none' ? '' : added(name, of).toFixed(0),
        name === 'firstlight' ? percent(share(of)) : '',
      ]),
      cpu(name, 'cpuWithEnd').toFixed(0),
      name === 'none' ? '' : added(name, 'cpuWithEnd').toFixed(0),
    ]),
  );
  const budget = compileCache ? BUDGET.cpuWithCompileCache : BUDGET.cpu;
  // Written so that a figure that is missing (NaN) is over budget too.
  if (!(share('cpu') <= budget)) over.push(`${title}: ${percent(share('cpu'))} of stock, budget ${percent(budget)}`);
  return {
    app,
    compileCache,
    share: share('cpu'),
    shareUntilListening: share('cpuAtListening'),
    runs: Object.fromEntries(byPeer),
  };
}

async function measureIdle(rounds: number): Promise<object> {
  const rss = new Map(peers.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    // Memory does not mind the neighbours: side by side.
    await Promise.all(
      peers.map(async (peer) => rss.get(peer.name)?.push((await run(peer, 'express.cjs', IDLE, false)).rss)),
    );
  }
  const idle = (name: Peer['name']): number => median(rss.get(name) ?? []) / MB;
  const added = (name: Peer['name']): number => idle(name) - idle('none');
  printTable(
    `idle memory of express.cjs, ${IDLE / 1000} s after listening (RSS MB, median of ${rounds})`,
    ['', 'RSS', 'added'],
    peers.map(({ name }) => [name, idle(name).toFixed(1), name === 'none' ? '' : added(name).toFixed(1)]),
  );
  if (!(added('firstlight') <= BUDGET.idleRss)) {
    over.push(`idle memory: +${added('firstlight').toFixed(1)} MB, budget +${BUDGET.idleRss} MB`);
  }
  return { added: added('firstlight'), runs: Object.fromEntries(rss) };
}

/** The shell's `time` counts all that the process used, its threads, its children and its very end included. */
async function run(peer: Peer, app: string, stay: number, compileCache: boolean): Promise<Run> {
  const env = {
    ...peerEnv(sink.url),
    ...(compileCache && { NODE_COMPILE_CACHE: join(caches, `${peer.name}-${app}`) }),
  };
  const timed = 'TIMEFORMAT="%3U %3S"; { time "$@" 2>&4; } 4>&2 2>&3';
  const command = [process.execPath, ...peer.flags, join(import.meta.dirname, 'apps', app), String(stay)];
  const child = spawn('bash', ['-c', timed, 'bench', ...command], {
    cwd: folderOf(peer),
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [stdout, stderr, times] = await Promise.all(
    [1, 2, 3].map((fd) => text(child.stdio[fd] as AsyncIterable<Buffer>)),
  );
  if (!stdout?.startsWith('{')) throw new Error(`${command.join(' ')} did not run:\n${stdout}\n${stderr}`);
  const { cpuAtListening, cpu, rss, running } = JSON.parse(stdout) as {
    cpuAtListening: number;
    cpu: number;
    rss: number;
    running: Peer['running'];
  };
  assertStarted(peer, running);
  const [user = Number.NaN, system = Number.NaN] = (times ?? '').trim().split(' ').map(Number);
  return { cpu: cpu / 1000, cpuAtListening: cpuAtListening / 1000, cpuWithEnd: (user + system) * 1000, rss };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
