import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What the same application is run with. */
export interface Peer {
  /** Its folder in `bench/peers`, where it has packages of its own. */
  readonly name: string;
  readonly flags: readonly string[];
  /** What apps/stay.cjs finds running in its process. */
  readonly running: 'opentelemetry' | 'dd-trace' | 'prom-client' | undefined;
  /** On top of what every peer has. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of the workloads that it is compared in; default: all. */
  readonly workloads?: readonly string[];
}

const firstlight: Peer = {
  name: 'firstlight',
  flags: ['--import', join(import.meta.dirname, '../register.js')],
  running: 'opentelemetry',
};

const openTelemetry: Peer = {
  name: 'opentelemetry',
  flags: ['--import', '@opentelemetry/auto-instrumentations-node/register'],
  running: 'opentelemetry',
};

/** What start-up and behaviour are compared with. */
export const peers: readonly Peer[] = [{ name: 'none', flags: [], running: undefined }, firstlight, openTelemetry];

const promClient: Peer = { name: 'prom-client', flags: ['--require', './preload.cjs'], running: 'prom-client' };

/** All that prom-client does, and nothing else. */
const metricsOnly = {
  OTEL_TRACES_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_METRICS_EXPORTER: 'prometheus',
};
const firstlightMetrics: Peer = {
  ...firstlight,
  name: 'firstlight, metrics',
  env: metricsOnly,
  workloads: ['node:http', 'express'],
};

/** What a scrape is compared with. */
export const scrapePeers: readonly Peer[] = [
  { ...firstlight, env: metricsOnly },
  promClient,
  { ...openTelemetry, env: metricsOnly },
];

/** Whose visitors are looked at while others scrape. */
export const visitedPeers: readonly Peer[] = [firstlight, promClient];

/** Large, and somebody else's: compared with where somebody installed them. */
const onDemand: readonly Peer[] = [
  { name: 'elastic', flags: ['--import', '@elastic/opentelemetry-node'], running: 'opentelemetry' },
  { name: 'datadog', flags: ['--require', 'dd-trace/init'], running: 'dd-trace' },
];

/** What requests are compared with. */
export const requestPeers = (): readonly Peer[] => [
  ...peers,
  firstlightMetrics,
  promClient,
  ...onDemand.filter(isInstalled),
];

/** Refuses figures of a peer that did not start. */
export function assertStarted({ name, running }: Peer, found: Peer['running']): void {
  if (found !== running) throw new Error(`${name} was to run, and what runs is ${found ?? 'nothing'}`);
}

/** The working directory of its runs: `--import` of a package resolves from there. */
export function folderOf({ name }: Peer): string {
  const folder = join(import.meta.dirname, 'peers', name);
  return existsSync(folder) ? folder : import.meta.dirname;
}

/** Installs the peers as their users get them, not in the deduplicated tree of this repository. */
export function installPeers(demanded: readonly string[] = []): void {
  const unknown = demanded.filter((wanted) => !onDemand.some(({ name }) => name === wanted));
  if (unknown.length > 0) throw new Error(`no such peer: ${unknown.join(', ')}`);
  const wanted = [...peers, promClient, ...onDemand.filter(({ name }) => demanded.includes(name))];
  for (const peer of wanted) {
    const cwd = folderOf(peer);
    if (!existsSync(join(cwd, 'package.json')) || isInstalled(peer)) continue;
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd, stdio: 'inherit' });
  }
}

/** The whole environment of a run. No exporter meets an error that it would retry. */
export function peerEnv(sinkUrl: string): Record<string, string | undefined> {
  const { PATH, HOME } = process.env;
  return {
    PATH,
    HOME,
    OTEL_EXPORTER_OTLP_ENDPOINT: sinkUrl,
    OTEL_EXPORTER_PROMETHEUS_PORT: '0',
    DD_TRACE_AGENT_URL: sinkUrl,
  };
}

function isInstalled(peer: Peer): boolean {
  return existsSync(join(folderOf(peer), 'node_modules/.package-lock.json'));
}
