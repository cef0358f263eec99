import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { nodeBinary, SUPPORTED } from '../support/nodes.ts';
import { run, start } from '../support/run.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}.ts`, import.meta.url));

interface Trial {
  readonly moment: string;
  readonly form: string;
  readonly port: number;
  readonly outcome: string;
  readonly address?: string;
}

describe.each(SUPPORTED)('on Node %s', (version) => {
  test('the application gets the port, however and whenever it listens, and one line says so', async () => {
    const { code, stdout, diagnostics } = await run([fixture('app')], { flags: [], node: await nodeBinary(version) });
    const trials = JSON.parse(stdout) as readonly Trial[];
    expect(trials).toHaveLength(33);
    for (const { moment, form, outcome, address } of trials) {
      expect({ moment, form, outcome, address }).toEqual({ moment, form, outcome: 'listens', address: undefined });
    }
    expect(diagnostics).toEqual(
      trials.map(
        ({ port }) =>
          `firstlight: the application itself listens on port ${port}: /metrics is no longer served; OTEL_EXPORTER_PROMETHEUS_PORT moves it`,
      ),
    );
    expect(code).toBe(0);
  });

  test.each([
    ['rr', 'any address'],
    ['rr', '127.0.0.1'],
    ['none', 'any address'],
    ['none', '127.0.0.1'],
  ])('the workers of a cluster (%s) get the port of its primary on %s', async (policy, host) => {
    const { code, stdout, diagnostics } = await run([fixture('cluster'), ...(host === '127.0.0.1' ? [host] : [])], {
      flags: [],
      node: await nodeBinary(version),
      env: { NODE_CLUSTER_SCHED_POLICY: policy },
    });
    expect(stdout).toBe('the application answers, admin at undefined\n');
    // The primary gives the port up; its workers never had it.
    expect(diagnostics.filter((line) => line.includes('the application itself listens'))).toHaveLength(1);
    expect(diagnostics.filter((line) => line.includes(' is taken: '))).toHaveLength(2);
    expect(code).toBe(0);
  });
});

test('an application that wants a port which another process has is not said to listen on it', async () => {
  const parent = createServer().listen(0, '127.0.0.1');
  await once(parent, 'listening');
  const { port } = parent.address() as AddressInfo;
  try {
    const { stdout, diagnostics } = await run([fixture('late'), String(port)], { flags: [] });
    expect(stdout).toBe('EADDRINUSE\n');
    expect(diagnostics).toEqual([
      `firstlight: port ${port} is taken: /metrics is not served; OTEL_EXPORTER_PROMETHEUS_PORT moves it`,
    ]);
  } finally {
    parent.close();
  }
});

test('neither the server nor a connection to it keeps the process alive', async () => {
  const { waitFor, finished } = start([fixture('idle')], { flags: [], timeout: 4000 });
  const [, port] = await waitFor(/:(\d+)\n/);
  const clients = ['', 'GET /met', 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'].map((bytes) => {
    const client = connect(Number(port), '127.0.0.1').on('error', () => {});
    client.write(bytes);
    return client;
  });
  try {
    expect(await finished).toMatchObject({ code: 0, stderr: '' });
  } finally {
    for (const client of clients) client.destroy();
  }
});
