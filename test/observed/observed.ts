/** Runs an application that prints what /metrics says of it, and brings back what it printed. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { run, type Finished } from '../support/run.ts';

const apps = join(import.meta.dirname, 'apps');

export interface Printed extends Finished {
  readonly lines: readonly string[];
}

/** `folder` has the libraries. */
export function runObserved(folder: string, app: string, env: Readonly<Record<string, string>> = {}): Promise<Printed> {
  cpSync(apps, join(folder, 'observed'), { recursive: true });
  return runFixture([join(folder, 'observed', `${app}.cjs`)], env);
}

export async function runFixture(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  flags?: readonly string[],
): Promise<Printed> {
  const finished = await run(args, {
    ...(flags && { flags }),
    env: {
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_EXPORTER_PROMETHEUS_PORT: String(await freePort()),
      ...env,
    },
  });
  return { ...finished, lines: finished.stdout.trimEnd().split('\n') };
}

/** Lines of one metric: `labels value`, the labels as they are sorted there. */
export const of = ({ lines }: Printed, metric: string): string[] =>
  lines.filter((line) => line.startsWith(metric)).map((line) => line.slice(metric.length));
