/** Runs one form of the parity application, asks it the same questions, and brings back what was seen of it. */
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startCollector, type Log, type Span } from '../support/collector.ts';
import { register, root, start } from '../support/run.ts';
import { freePort } from '../support/free-port.ts';

interface Form {
  readonly flags: readonly string[];
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const fixture = (name: string): string => `${root}/test/parity/fixtures/${name}`;
const preloaded = ['--import', register];

export const FORMS = {
  CommonJS: { flags: preloaded, args: [fixture('app.cjs')] },
  'ES modules': { flags: preloaded, args: [fixture('app.mjs')] },
  'TypeScript run by Node': { flags: preloaded, args: [fixture('app.ts')] },
  'TypeScript with tsx as a second preload': { flags: [...preloaded, '--import', 'tsx'], args: [fixture('app.ts')] },
  'TypeScript run by the tsx command': {
    flags: [],
    args: [fileURLToPath(import.meta.resolve('tsx/cli')), fixture('app.ts')],
    env: { NODE_OPTIONS: `--import=${register}` },
  },
} as const satisfies Record<string, Form>;

/** Milliseconds; ten times the sampling interval and more. */
const SAMPLED_WITHIN = 200;
const REQUESTS = ['/users/7', '/shop/items/3', '/broken', '/self', '/nowhere'];

export interface Observed {
  readonly spans: readonly Span[];
  readonly records: readonly Log[];
  /** The lines that pino wrote to stdout. */
  readonly lines: readonly Line[];
  readonly metricsPage: string;
  readonly appPort: number;
  readonly diagnostics: readonly string[];
}

interface Line {
  readonly msg: string;
  readonly trace_id?: string;
  readonly span_id?: string;
}

export async function observe(form: Form, databaseUrl?: string): Promise<Observed> {
  const collector = await startCollector();
  const adminPort = await freePort();
  const { child, waitFor, finished } = start(form.args, {
    flags: form.flags,
    env: {
      ...form.env,
      DATABASE_URL: databaseUrl,
      OTEL_SERVICE_NAME: 'parity',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_PROMETHEUS_PORT: `${adminPort}`,
    },
  });
  try {
    const appPort = Number((await waitFor(/^port (\d+)$/m))[1]);
    for (const path of REQUESTS) await (await fetch(`http://127.0.0.1:${appPort}${path}`)).arrayBuffer();
    // The event loop's delay is sampled by a timer: without a sample there is no series.
    await wait(SAMPLED_WITHIN);
    const metricsPage = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
    child.kill('SIGTERM');
    const { stdout, diagnostics } = await finished;
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
    return {
      spans: collector.spans(),
      records: collector.logs(),
      lines: lines.map((line) => JSON.parse(line) as Line),
      metricsPage,
      appPort,
      diagnostics,
    };
  } finally {
    child.kill('SIGKILL');
    await collector.close();
  }
}
