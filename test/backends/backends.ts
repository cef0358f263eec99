import { resolve } from 'node:path';
import { binary } from './binaries.ts';
import { CONFIG, start, type Backend } from './process.ts';

export { available } from './binaries.ts';
export * from './metrics.ts';

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

/** Jaeger with its memory as the store. */
export async function startJaeger(): Promise<Jaeger> {
  const { ports, stop } = await start('jaeger', binary('jaeger'), 4, ([grpc, http, query, queryGrpc]) => ({
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

  const { ports, stop } = await start('collector', binary('collector'), 2, ([grpc, http]) => ({
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
