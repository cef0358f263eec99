/** Another APM agent in the process keeps all of its telemetry, and we say one line. */
import { copyFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installedApp, INSTALL_TIMEOUT } from '../support/install.ts';
import { register, run, type Finished } from '../support/run.ts';

const apps = join(import.meta.dirname, 'apps');
const ours = ['--import', register];

interface Agent {
  readonly name: string;
  readonly folder: string;
  readonly env: (url: string) => Readonly<Record<string, string>>;
  /** Spans in what the agent posted. */
  readonly countSpans: (path: string, body: Buffer) => number;
  readonly cases: readonly {
    readonly name: string;
    readonly app: string;
    readonly flags: readonly string[];
    readonly without: readonly string[];
  }[];
}

const agents: readonly Agent[] = [
  {
    name: 'dd-trace',
    folder: 'datadog',
    env: (url) => ({
      DD_TRACE_AGENT_URL: url,
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
      DD_TRACE_STARTUP_LOGS: 'false',
    }),
    // MessagePack, in which every span has this key once.
    countSpans: (path, body) => (path.startsWith('/v0.') ? body.toString('latin1').split('span_id').length - 1 : 0),
    cases: [
      { name: 'loaded by the application', app: 'app-loads-it.cjs', flags: ours, without: [] },
      {
        name: 'preloaded before ours',
        app: 'app.cjs',
        flags: ['--require', 'dd-trace/init', ...ours],
        without: ['--require', 'dd-trace/init'],
      },
      {
        name: 'preloaded after ours',
        app: 'app.cjs',
        flags: [...ours, '--import', 'dd-trace/init.js'],
        without: ['--import', 'dd-trace/init.js'],
      },
    ],
  },
  {
    name: 'elastic-apm-node',
    folder: 'elastic',
    env: (url) => ({
      ELASTIC_APM_SERVER_URL: url,
      ELASTIC_APM_CENTRAL_CONFIG: 'false',
      ELASTIC_APM_CLOUD_PROVIDER: 'none',
      ELASTIC_APM_METRICS_INTERVAL: '0s',
      ELASTIC_APM_LOG_LEVEL: 'off',
    }),
    countSpans: (path, body) =>
      path.startsWith('/intake')
        ? body
            .toString()
            .split('\n')
            .filter((line) => /^\{"(span|transaction)"/.test(line)).length
        : 0,
    cases: [
      { name: 'loaded by the application', app: 'app-loads-it.cjs', flags: ours, without: [] },
      {
        name: 'preloaded before ours',
        app: 'app.cjs',
        flags: ['--require', 'elastic-apm-node/start.js', ...ours],
        without: ['--require', 'elastic-apm-node/start.js'],
      },
      {
        name: 'preloaded after ours',
        app: 'app.cjs',
        flags: [...ours, '--import', 'elastic-apm-node/start.js'],
        without: ['--import', 'elastic-apm-node/start.js'],
      },
    ],
  },
];

describe.each(agents)('$name', ({ name, folder, env, countSpans, cases }) => {
  let cwd: string;
  let server: Server;
  let spans = 0;
  beforeAll(async () => {
    cwd = await installedApp(join(apps, folder));
    copyFileSync(join(apps, 'work.cjs'), join(cwd, 'work.cjs'));
    server = createServer(async (request, response) => {
      const body = await buffer(request);
      const encoding = request.headers['content-encoding'];
      spans += countSpans(
        request.url ?? '',
        encoding === 'gzip' ? gunzipSync(body) : encoding === 'deflate' ? inflateSync(body) : body,
      );
      response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }, INSTALL_TIMEOUT);
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const start = async (app: string, flags: readonly string[]): Promise<Finished & { readonly spans: number }> => {
    spans = 0;
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const finished = await run([app], {
      cwd,
      flags,
      env: {
        ...env(url),
        // Not `none`: agents heed it too.
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
        OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      },
    });
    return { ...finished, spans };
  };

  test.each(cases)('$name', async ({ app, flags, without }) => {
    const alone = await start(app, without);
    const both = await start(app, flags);

    expect(alone.spans).toBeGreaterThanOrEqual(20);
    expect({ code: both.code, spans: both.spans }).toEqual({ code: 0, spans: alone.spans });
    expect(both.stdout).toContain('application ends');
    expect(both.diagnostics).toEqual([expect.stringContaining(name)]);
  });
});
