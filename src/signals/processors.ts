/** What spans and log records have in common on their way out. */
import type { Resource } from '@opentelemetry/resources';
import type { OtlpBatchPlan, Processor } from '../config/pipeline.ts';

/** Makes the processor that sends by OTLP. */
export type ToOtlp<P> = (plan: OtlpBatchPlan, resource: Resource) => P;

/** A processor for each row of the plan. What goes to the console is printed at once: a queue of it would be lost at an exit. */
export function createProcessors<P>(
  plans: readonly Processor[],
  resource: Resource,
  toOtlp: ToOtlp<P>,
  toConsole: () => P,
): readonly P[] {
  return plans.map((plan) => {
    const { exporter } = plan;
    if (exporter.kind === 'console') return toConsole();
    return toOtlp(plan.kind === 'batch' ? { ...plan, exporter } : { ...AT_ONCE, exporter }, resource);
  });
}

/** A processor that is called simple has batches of one. */
const AT_ONCE = { scheduleDelay: 1, exportTimeout: Infinity, maxExportBatchSize: 1 };

export interface Ending {
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/**
 * Not the providers' own flush and shutdown: those add a timer of 30 s that holds the process, and give up all processors
 * with the first that fails.
 */
export const endings = (processors: readonly Ending[]) => ({
  forceFlush: () => settled(processors.map((processor) => processor.forceFlush())),
  shutdown: () => settled(processors.map((processor) => processor.shutdown())),
});

/** All of them end; the first that failed is what is reported. */
async function settled(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
