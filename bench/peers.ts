import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What the same application is run with. */
export interface Peer {
  readonly name: 'none' | 'firstlight' | 'opentelemetry';
  readonly flags: readonly string[];
}

export const peers: readonly Peer[] = [
  { name: 'none', flags: [] },
  { name: 'firstlight', flags: ['--import', join(import.meta.dirname, '../register.js')] },
  { name: 'opentelemetry', flags: ['--import', '@opentelemetry/auto-instrumentations-node/register'] },
];

/** Refuses figures of a peer that did not start. */
export function assertStarted(peer: Peer, traced: boolean): void {
  if (traced !== (peer.name !== 'none')) throw new Error(`${peer.name} ${traced ? 'is traced' : 'did not start'}`);
}

/** The working directory of every run: `--import` of a package resolves from there. */
export const peersFolder = join(import.meta.dirname, 'peers/opentelemetry');

/** Installs stock OpenTelemetry as its users get it, not in the deduplicated tree of this repository. */
export function installPeers(): void {
  if (existsSync(join(peersFolder, 'node_modules/.package-lock.json'))) return;
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: peersFolder, stdio: 'inherit' });
}

/** The whole environment of a run. No exporter meets an error that it would retry. */
export function peerEnv(sinkUrl: string): Record<string, string | undefined> {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, OTEL_EXPORTER_OTLP_ENDPOINT: sinkUrl, OTEL_EXPORTER_PROMETHEUS_PORT: '0' };
}
