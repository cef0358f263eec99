/** The reader of whoever serves or sends metrics himself: it holds nothing and sends nothing. */
import { MetricReader, type MetricReaderOptions } from '@opentelemetry/sdk-metrics';
import type { Collecting } from '../collected.ts';
import { collectNow } from './collect-now.ts';
import { notingBy, type ExemplarFilter, type Noting } from './exemplars.ts';

export interface PullReader extends Collecting {
  readonly reader: MetricReader;
}

export function createPullReader(exemplars: ExemplarFilter, options: MetricReaderOptions = {}): PullReader {
  const reader = new Reader(notingBy(exemplars), options);
  return {
    reader,
    // Of callbacks that fail the guard has told already.
    collect: async (timeout) => (await reader.collect({ timeoutMillis: timeout })).resourceMetrics,
    collectNow: () => collectNow(reader),
  };
}

class Reader extends MetricReader {
  /** Asked by the storages that are read: see storage.ts. */
  readonly noting: Noting | undefined;

  constructor(noting: Noting | undefined, options: MetricReaderOptions) {
    super(options);
    this.noting = noting;
  }

  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}
