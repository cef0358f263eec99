import { expect, test } from 'vitest';
import { root, run } from '../support/run.ts';

/** What was mended cost four times as much; a busy machine makes a difference of a fifth between two runs of the same. */
const MOST = 2;

test('10 MB of headers of a trace cost no more than 10 MB of any others', async () => {
  const fixture = ['--max-http-header-size=30000000', `${root}/test/capture/fixtures/giant-headers.cjs`];
  const { stdout } = await run(fixture, {
    env: { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
  });
  const { another = NaN, ...ofTraces } = JSON.parse(stdout) as Record<string, number>;
  expect(Object.keys(ofTraces).length).toBeGreaterThan(3);
  for (const [kind, cost] of Object.entries(ofTraces)) {
    expect({ kind, isCheap: cost < MOST * another }).toEqual({ kind, isCheap: true });
  }
});
