/**
 * What it costs to derive metrics from the span of a query, where its trace is sampled and where it is not.
 *
 *   node bench/operations.ts [rounds]
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { median, printTable } from './report.ts';

const rounds = Number(process.argv[2] ?? 3);
const register = join(import.meta.dirname, '../register.js');
const app = join(import.meta.dirname, 'apps/operations.cjs');

/** CPU nanoseconds of a query's span and a third of its request's. */
function measure(sampler: string, metrics: string): number {
  const env = {
    OTEL_TRACES_SAMPLER: sampler,
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: metrics,
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_EXPORTER_PROMETHEUS_PORT: '0',
  };
  return Number(execFileSync(process.execPath, ['--import', register, app], { env, encoding: 'utf8' }));
}

const samplers = ['always_on', 'always_off'];
const measured = samplers.map((sampler) => ({ sampler, without: [] as number[], derived: [] as number[] }));
for (let round = 0; round < rounds; round++) {
  for (const { sampler, without, derived } of measured) {
    without.push(measure(sampler, 'none'));
    derived.push(measure(sampler, 'prometheus'));
  }
}
printTable(
  `spans of queries, CPU ns each (median of ${rounds} interleaved rounds)`,
  ['sampler', 'no metrics', 'derived', 'added'],
  measured.map(({ sampler, without, derived }) => [
    sampler,
    median(without).toFixed(0),
    median(derived).toFixed(0),
    (median(derived) - median(without)).toFixed(0),
  ]),
);
