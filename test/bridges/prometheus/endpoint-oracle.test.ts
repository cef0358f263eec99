import { expect, test } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { root, start, type RunOptions } from '../../support/run.ts';
import { parse } from './exposition.ts';

const application = `${root}/test/bridges/prometheus/fixtures/every-instrument.cjs`;

test('an application reads the same from our endpoint and from the official one, and again when more was measured', async () => {
  const [official, ours] = await Promise.all([scraped({ flags: [], env: { OFFICIAL: '1' } }), scraped({})]);
  expect(Object.keys(official[0]!).length).toBeGreaterThan(200);
  // What is no longer observed is gone, as the specification has it; the SDK serves its last value for ever.
  const gone = Object.keys(official[2]!).filter((sample) => sample.includes('round="first"'));
  expect(gone).toHaveLength(1);
  delete official[2]![gone[0]!];
  expect(ours).toEqual(official);
});

type Samples = Record<string, number>;

/** What is served of the application's own instruments in each of two rounds, the first of which is scraped twice. */
async function scraped(options: RunOptions): Promise<readonly Samples[]> {
  const port = await freePort();
  const { child, waitFor } = start([application], {
    ...options,
    env: { ...options.env, OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: String(port) },
  });
  const scrape = async (): Promise<Samples> => {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    const samples = [...parse(`${(await response.text()).trimEnd()}\n`).samples];
    return Object.fromEntries(samples.filter(([sample]) => sample.includes('otel_scope_name="oracle"')));
  };
  try {
    await waitFor(/^round 1$/m);
    await expect.poll(scrape, { timeout: 10_000 }).not.toEqual({});
    const first = [await scrape(), await scrape()];
    child.kill('SIGUSR2');
    await waitFor(/^round 2$/m);
    return [...first, await scrape()];
  } finally {
    child.kill('SIGKILL');
  }
}
