/** What spans and log records have in common on their way to an exporter. */
import type { BatchProcessor, Processor } from '../config/pipeline.ts';

interface Flushable {
  forceFlush?(): Promise<void>;
}

interface Ending extends Flushable {
  shutdown(): Promise<void>;
}

/** The ends of the pipeline of one signal, each with the exporter it sends by. */
export interface Line<P extends Ending> {
  readonly processor: P;
  readonly exporter?: Flushable;
}

export const batchOptions = (plan: BatchProcessor) => ({
  scheduledDelayMillis: plan.scheduleDelay,
  exportTimeoutMillis: plan.exportTimeout,
  maxQueueSize: plan.maxQueueSize,
  maxExportBatchSize: plan.maxExportBatchSize,
});

/** `create` makes the exporter and the processor of each row of the plan. */
export function createLines<P extends Ending>(
  existing: readonly P[],
  plans: readonly Processor[],
  create: (plan: Processor) => Line<P>,
): readonly Line<P>[] {
  return [...existing.map((processor): Line<P> => ({ processor })), ...plans.map(create)];
}

/**
 * Not the providers' own flush and shutdown: those add a timer of 30 s that holds the process, and give up all exporters
 * with the first that fails. The exporters are asked too, for what an earlier batch is still sending.
 */
export function endings<P extends Ending>(lines: readonly Line<P>[]) {
  return {
    async forceFlush(): Promise<void> {
      await settled(lines.flatMap(({ processor }) => processor.forceFlush?.() ?? []));
      await settled(lines.flatMap(({ exporter }) => exporter?.forceFlush?.() ?? []));
    },
    shutdown: (): Promise<void> => settled(lines.map(({ processor }) => processor.shutdown())),
  };
}

/** All of them end; the first that failed is what is reported. */
async function settled(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
