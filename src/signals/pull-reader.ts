/** The reader of whoever serves or sends metrics himself: it holds nothing and sends nothing. */
import { MetricReader, type MetricReaderOptions } from '@opentelemetry/sdk-metrics';
import type { Collect } from '../collected.ts';
import { collectNow } from './collect-now.ts';

export interface PullReader {
  readonly reader: MetricReader;
  readonly collect: Collect;
  /** The same at once, without what asynchronous callbacks would observe: for the end of a process. */
  collectNow(): Awaited<ReturnType<Collect>>;
}

export function createPullReader(options: MetricReaderOptions = {}): PullReader {
  const reader = new Reader(options);
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
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}
