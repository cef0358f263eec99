/** The application of fixtures/measured.cjs, in a child process with the preload, and what it says of itself. */
import { get } from 'node:http';
import { vi } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { register, root, start, type Finished } from '../support/run.ts';

export interface Measured {
  /** Where it is scraped. */
  readonly port: number;
  scrape(headers?: Readonly<Record<string, string>>): Promise<Reply>;
  ask(path: string): Promise<Reply>;
  stop(): Promise<Finished>;
}

export interface Reply {
  readonly status: number | undefined;
  readonly body: string;
}

/** `users`: as many series of a counter, and of a histogram. */
export async function startMeasured(users: number): Promise<Measured> {
  const port = await freePort();
  const { child, waitFor, finished } = start([`${root}/test/admin/fixtures/measured.cjs`, String(users)], {
    flags: ['--expose-gc', '--import', register],
    timeout: 60_000,
    env: {
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
    },
  });
  const own = Number((await waitFor(/^port (\d+)$/m))[1]);
  const scrape: Measured['scrape'] = (headers = {}) => reply(port, '/metrics', headers);
  await vi.waitUntil(() => scrape().catch(() => undefined), { timeout: 10_000 });
  return {
    port,
    scrape,
    ask: (path) => reply(own, path, {}),
    stop() {
      child.kill('SIGTERM');
      return finished;
    },
  };
}

function reply(port: number, path: string, headers: Readonly<Record<string, string>>): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked = get({ host: '127.0.0.1', port, path, headers, agent: false, timeout: 10_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode, body })).on('error', reject);
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer'))).on('error', reject);
  });
}
