import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../support/free-port.ts';

/** Milliseconds that a back end may take to answer. */
const READY_WITHIN = 30_000;
/** Characters of a back end's output that an error shows. */
const TAIL = 4_000;
const CONFIG = 'config.yaml';

/**
 * Ends the back end and removes its directory when standard input closes: by `stop()`, or because the test's process or
 * thread was killed, of which no hook within that process would know.
 */
const LEASH = `
  exec 3<&0
  "$0" "$@" 3<&- & backend=$!
  { read -r _ <&3; kill $backend; sleep 5; kill -9 $backend; } >/dev/null 2>&1 & leash=$!
  wait $backend; code=$?
  kill $leash
  rm -rf "$PWD"
  exit $code
`;

export interface Backend {
  /** Ends the process and removes its files; the Collector first sends what it holds. */
  stop: () => Promise<void>;
}

export interface Receiver extends Backend {
  /** `host:port` */
  otlpGrpc: string;
  /** `http://host:port`, without `/v1/…` */
  otlpHttp: string;
}

export interface Jaeger extends Receiver {
  /** `http://host:port`, below which are `/api/services` and `/api/traces?service=…` */
  queryUrl: string;
}

export interface Prometheus extends Backend {
  url: string;
  /** The `data` of an instant query's answer: `{ resultType, result }`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape depends on the query
  query: (promql: string) => Promise<any>;
}

/** Which back ends this machine has: tests skip where theirs is missing. */
export function available(): { jaeger: boolean; collector: boolean; prometheus: boolean } {
  return {
    jaeger: existsSync(built('jaeger')),
    collector: existsSync(built('collector')),
    prometheus: onPath('prometheus') !== undefined,
  };
}

/** Jaeger with its memory as the store. */
export async function startJaeger(): Promise<Jaeger> {
  const { ports, stop } = await start('jaeger', orThrow('jaeger'), 4, ([grpc, http, query, queryGrpc]) => ({
    args: ['--config', CONFIG],
    ready: [`http://127.0.0.1:${http}/v1/traces`, `http://127.0.0.1:${query}/api/services`],
    config: {
      service: {
        extensions: ['jaeger_storage', 'jaeger_query'],
        pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
        telemetry: quiet,
      },
      extensions: {
        jaeger_storage: { backends: { memory: { memory: { max_traces: 100_000 } } } },
        jaeger_query: {
          storage: { traces: 'memory' },
          http: listen(query),
          grpc: listen(queryGrpc),
          // It would send traces of itself to the default port, and wait for that at its end.
          enable_tracing: false,
        },
      },
      receivers: otlp(grpc, http),
      exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
    },
  }));
  return { ...addresses(ports), queryUrl: `http://127.0.0.1:${ports[2]}`, stop };
}

/**
 * A Collector that takes all signals and sends the traces on by gRPC to `tracesTo`, as `host:port`. With `outFile` it
 * also writes every batch there as a line of OTLP/JSON; otherwise it drops metrics and logs.
 */
export async function startCollector(options: { tracesTo: string; outFile?: string }): Promise<Receiver> {
  const files = options.outFile === undefined ? [] : ['file'];

  const { ports, stop } = await start('collector', orThrow('collector'), 2, ([grpc, http]) => ({
    args: ['--config', CONFIG],
    ready: [`http://127.0.0.1:${http}/v1/traces`],
    config: {
      service: {
        pipelines: {
          traces: pipeline('otlp_grpc', 'debug', ...files),
          metrics: pipeline('debug', ...files),
          logs: pipeline('debug', ...files),
        },
        telemetry: quiet,
      },
      receivers: otlp(grpc, http),
      // A test waits for each of these.
      processors: { batch: { timeout: '50ms' } },
      exporters: {
        otlp_grpc: { endpoint: options.tracesTo, tls: { insecure: true } },
        debug: {},
        ...(options.outFile !== undefined && { file: { path: resolve(options.outFile), flush_interval: '50ms' } }),
      },
    },
  }));
  return { ...addresses(ports), stop };
}

/**
 * A Prometheus that scrapes `/metrics` of `targets`, each as `host:port`, every `scrapeIntervalS` (1) seconds. The first
 * scrape comes only 5 s after the start, a delay that no setting of Prometheus shortens.
 */
export async function startPrometheus(options: { targets: string[]; scrapeIntervalS?: number }): Promise<Prometheus> {
  const interval = `${Math.round((options.scrapeIntervalS ?? 1) * 1000)}ms`;

  const { ports, stop } = await start('prometheus', orThrow('prometheus'), 1, ([port]) => ({
    args: [`--config.file=${CONFIG}`, '--storage.tsdb.path=data', `--web.listen-address=127.0.0.1:${port}`],
    ready: [`http://127.0.0.1:${port}/-/ready`],
    config: {
      global: { scrape_interval: interval, scrape_timeout: interval },
      scrape_configs: [{ job_name: 'test', static_configs: [{ targets: options.targets }] }],
    },
  }));

  const url = `http://127.0.0.1:${ports[0]}`;
  return {
    url,
    query: async (promql) => {
      const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(promql)}`);
      const answer = (await response.json()) as { status: string; data: unknown; error?: string };
      if (answer.status !== 'success') throw new Error(`${promql}: ${answer.error}`);
      return answer.data;
    },
    stop,
  };
}

// Its own metrics would be served on a fixed port.
const quiet = { metrics: { level: 'none' } };

const listen = (port: number | undefined) => ({ endpoint: `127.0.0.1:${port}` });

const pipeline = (...exporters: string[]) => ({ receivers: ['otlp'], processors: ['batch'], exporters });

const otlp = (grpc: number | undefined, http: number | undefined) => ({
  otlp: { protocols: { grpc: listen(grpc), http: listen(http) } },
});

const addresses = ([grpc, http]: number[]) => ({
  otlpGrpc: `127.0.0.1:${grpc}`,
  otlpHttp: `http://127.0.0.1:${http}`,
});

function built(name: 'jaeger' | 'collector'): string {
  const script = fileURLToPath(new URL('build.sh', import.meta.url));
  return execFileSync('bash', [script, 'where', name], { encoding: 'utf8' }).trim();
}

function onPath(command: string): string | undefined {
  // oxlint-disable-next-line node/no-process-env -- not a setting of ours
  const dirs = (process.env['PATH'] ?? '').split(delimiter);
  return dirs.map((dir) => join(dir, command)).find((file) => existsSync(file));
}

function orThrow(name: 'jaeger' | 'collector' | 'prometheus'): string {
  const file = name === 'prometheus' ? onPath(name) : built(name);
  if (file !== undefined && existsSync(file)) return file;
  const remedy = name === 'prometheus' ? 'apt-get install prometheus' : 'run test/backends/build.sh';
  throw new Error(`${name} is missing: ${remedy}`);
}

interface Plan {
  /** Written as JSON, which is YAML. */
  config: object;
  args: string[];
  /** Each has to answer without an error of the server. */
  ready: string[];
}

async function start(
  name: string,
  file: string,
  portCount: number,
  plan: (ports: number[]) => Plan,
): Promise<{ ports: number[]; stop: () => Promise<void> }> {
  for (let attempt = 1; ; attempt++) {
    const ports = await freePorts(portCount);
    const { config, args, ready } = plan(ports);
    const dir = await mkdtemp(join(tmpdir(), `firstlight-${name}-`));
    await writeFile(join(dir, CONFIG), JSON.stringify(config));

    // No environment: what a test sets for its application is not meant for the back end.
    const child = spawn('/bin/sh', ['-c', LEASH, file, ...args], { cwd: dir, env: {} });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-TAIL)));
    }
    const closed = new Promise((done) => child.once('close', done));
    const stop = async () => {
      child.stdin.end();
      await closed;
    };

    try {
      await whenReady(child, ready);
      return { ports, stop };
    } catch (cause) {
      await stop();
      // Between our look and its start another process may have taken one of the ports.
      if (attempt < 3 && output.includes('address already in use')) continue;
      throw new Error(`${name} ${(cause as Error).message}; its output ends with:\n${output}`, { cause });
    }
  }
}

async function whenReady(child: ChildProcess, urls: string[]): Promise<void> {
  const deadline = Date.now() + READY_WITHIN;
  for (const url of urls) {
    while (!(await answers(url))) {
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before it was ready`);
      if (Date.now() > deadline) throw new Error(`was not ready within ${READY_WITHIN} ms`);
      await sleep(50);
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await response.body?.cancel();
    return response.status < 500;
  } catch {
    return false;
  }
}
