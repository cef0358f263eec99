/** The reader of whoever serves or sends metrics himself: it holds nothing and sends nothing. */
import { MetricReader, type MetricReaderOptions } from '@opentelemetry/sdk-metrics';
import type { Collect } from '../collected.ts';
import { collectNow } from './collect-now.ts';
import { notingBy, type ExemplarFilter, type Noting } from './exemplars.ts';

export interface PullReader {
  readonly reader: MetricReader;
  readonly collect: Collect;
  /** The same at once, without what asynchronous callbacks would observe: for the end of a process. */
  collectNow(): Awaited<ReturnType<Collect>>;
}

export function createPullReader(exemplars: ExemplarFilter, options: MetricReaderOptions = {}): PullReader {
  const reader = new Reader(notingBy(exemplars), options);
  return {
    reader,
    async collect(timeout) {
      const { resourceMetrics, errors } = await reader.collect({ timeoutMillis: timeout });
      return { ...resourceMetrics, errors };
    },
    collectNow: () => ({ ...collectNow(reader), errors: [] }),
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
