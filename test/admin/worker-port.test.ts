import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { nodeBinary, SUPPORTED } from '../support/nodes.ts';
import { run } from '../support/run.ts';
import { freePort } from '../support/free-port.ts';

const fixture = fileURLToPath(new URL('fixtures/worker.mjs', import.meta.url));

describe.each(SUPPORTED)('on Node %s', (version) => {
  test.each([
    ['after', /the application itself listens/],
    // Whether the main thread then hears the worker first or finds the port taken, is chance.
    ['before', /the application itself listens|is taken/],
  ])('a worker thread that listens %s the admin server gets the port, and one line says so', async (moment, said) => {
    const port = await freePort();
    const { code, stdout, diagnostics } = await run([fixture, moment], {
      node: await nodeBinary(version),
      env: {
        OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
        OTEL_METRICS_EXPORTER: 'prometheus',
        OTEL_TRACES_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
      },
    });
    expect(stdout).toBe('listens the worker\n');
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toContain(String(port));
    expect(diagnostics[0]).toMatch(said);
    expect(code).toBe(0);
  });
});
