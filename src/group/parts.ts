import type { ThreadValues } from './frames.ts';
import type { Part } from './merge.ts';

/** Gauges are told apart by the process and thread that they are of. */
export function partsOf(worker: number, threads: readonly ThreadValues[]): readonly Part[] {
  return threads.map(({ thread, scopeMetrics }) =>
    thread === undefined
      ? { scopeMetrics }
      : { scopeMetrics, worker: thread === 0 ? `${worker}` : `${worker}.${thread}` },
  );
}
