import { expect, test } from 'vitest';
import { root, run } from '../support/run.ts';

/** Milliseconds of CPU that a giant header may cost more than without us. Promised are 5; a busy machine doubles them. */
const PROMISED = 5;
const SLACK = 20;

test('10 MB of headers of a trace cost no more than 10 MB of any others', async () => {
  const fixture = ['--max-http-header-size=30000000', `${root}/test/capture/fixtures/giant-headers.cjs`];
  const costs = async (flags?: readonly string[]): Promise<Record<string, number>> => {
    const { stdout } = await run(fixture, {
      ...(flags && { flags }),
      env: { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
    });
    return JSON.parse(stdout) as Record<string, number>;
  };
  const [bare, ours] = [await costs([]), await costs()];
  for (const [kind, cost] of Object.entries(ours)) {
    expect({ kind, added: cost - (bare[kind] ?? 0) < PROMISED + SLACK }).toEqual({ kind, added: true });
  }
});
