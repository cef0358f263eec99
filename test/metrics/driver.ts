/** Runs a real driver with the built preload, and brings back what was derived from its spans. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFile, type Seen } from '../instrumentations/library.ts';
import type { Point } from '../support/collector.ts';
import { installedApp } from '../support/install.ts';

const here = import.meta.dirname;

export const installs = {
  libraries: (): Promise<string> => installedApp(join(here, '../instrumentations/apps/libraries')),
  drivers: (): Promise<string> => installedApp(join(here, 'apps/drivers')),
};

/** Runs `bodies/<body>.cjs` with the library, from the folder where that is installed. */
export function runDriver(
  folder: string,
  library: string,
  { body = library, env = {} }: { readonly body?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Seen> {
  mkdirSync(join(folder, 'entries'), { recursive: true });
  const entry = join(folder, 'entries', `metrics-${library}.cjs`);
  const path = JSON.stringify(join(here, 'bodies', `${body}.cjs`));
  writeFileSync(entry, `require(${path})(require('${library}'));`);
  return runFile(entry, { env });
}

/** Of every point of a metric its attributes without `leaving`, and how many it counts; the same ones added up. */
export function counts(
  { metrics }: Seen,
  name: string,
  leaving: readonly string[] = ['server.address', 'server.port', 'db.namespace', 'db.system.name'],
): Record<string, number> {
  const sums = new Map<string, number>();
  for (const { attributes, count, value } of pointsOf(metrics, name)) {
    const kept = Object.entries(attributes).filter(([key]) => !leaving.includes(key));
    const key = kept.map(([, text]) => String(text)).join(' ');
    sums.set(key, (sums.get(key) ?? 0) + (count ?? value ?? 0));
  }
  return Object.fromEntries(sums);
}

export const pointsOf = (metrics: Seen['metrics'], name: string): readonly Point[] =>
  metrics.findLast((metric) => metric.name === name)?.points ?? [];
