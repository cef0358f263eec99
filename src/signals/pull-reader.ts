/** The reader of whoever serves metrics when he is asked for them: it holds nothing and sends nothing. */
import { MetricReader } from '@opentelemetry/sdk-metrics';
import type { Collect } from '../collected.ts';
import { collectNow } from './collect-now.ts';

export interface PullReader {
  readonly reader: MetricReader;
  readonly collect: Collect;
  /** The same at once, without what asynchronous callbacks would observe: for the end of a process. */
  collectNow(): Awaited<ReturnType<Collect>>;
}

export function createPullReader(): PullReader {
  const reader = new Reader();
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
