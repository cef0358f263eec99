/** A service between a caller, which is the test, and a callee that tells which headers came. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { startCollector, type Collector, type Span } from '../../support/collector.ts';
import { root, start } from '../../support/run.ts';

export type Headers = readonly (readonly [name: string, value: string])[];

export interface Answer {
  /** Active while the request is answered. */
  readonly span: {
    readonly traceId: string;
    readonly spanId: string;
    readonly traceFlags: number;
    readonly traceState?: string;
  };
  readonly baggage?: readonly (readonly [key: string, value: string])[];
  /** What the callee was sent by `http.request` and by `fetch`: headers, or the error that the call failed with. */
  readonly sent: readonly [Headers | string, Headers | string];
}

export interface Service {
  call(headers: Headers, path?: string): Promise<Answer>;
  /** Ends it; resolves with all spans that it made, and what it printed as an error. */
  end(): Promise<{ readonly spans: readonly Span[]; readonly stderr: string; readonly collector: Collector }>;
}

export async function startService(): Promise<Service> {
  const collector = await startCollector();
  // To a list of headers Node adds none of its own.
  const callee = createServer({ requireHostHeader: false }, ({ rawHeaders }, response) =>
    response.end(JSON.stringify(pairs(rawHeaders))),
  );
  await once(callee.listen(0, '127.0.0.1'), 'listening');
  const { child, waitFor, finished } = start([`${root}/test/capture/fixtures/propagating.cjs`], {
    env: {
      ECHO: `http://127.0.0.1:${(callee.address() as AddressInfo).port}/`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
    },
  });
  const port = Number((await waitFor(/^port (\d+)$/m))[1]);
  return {
    async call(headers, path = '/') {
      const body = await ask(port, path, headers);
      return JSON.parse(body) as Answer;
    },
    async end() {
      child.kill('SIGUSR2');
      const { stderr } = await finished;
      callee.close();
      callee.closeAllConnections();
      await collector.close();
      return { spans: collector.spans(), stderr, collector };
    },
  };
}

const pairs = (raw: readonly string[]): Headers =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1]!] as const] : []));

/** On a socket, for a client that would send anything, in any case and as often as asked. */
async function ask(port: number, path: string, headers: Headers): Promise<string> {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  socket.write(`GET ${path} HTTP/1.0\r\nHost: a.example\r\n${lines}\r\n`, 'latin1');
  let answer = '';
  for await (const text of socket) answer += text as string;
  return answer.slice(answer.indexOf('\r\n\r\n') + 4);
}
