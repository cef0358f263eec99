/** Back ends of metrics: Prometheus, and the exporters it scrapes beside the application. */
import { resolve } from 'node:path';
import { binary } from './binaries.ts';
import { CONFIG, start, type Backend } from './process.ts';

export interface PrometheusOptions {
  /** Each as `host:port`; their `/metrics` are scraped. */
  targets: string[];
  /** Default: 1. */
  scrapeIntervalS?: number;
  /** `2`: Debian's 2.42, the default. `3`: ours, built by build.sh. */
  release?: 2 | 3;
  /** `exemplar-storage`, for one. */
  features?: string[];
  /** Default: `test`. */
  job?: string;
  /** On every series of the targets. */
  labels?: Record<string, string>;
  /** More of the job's configuration, such as `scrape_protocols`, which only 3 understands. */
  scrape?: object;
  /** Further jobs, as Prometheus has them in its `scrape_configs`. */
  jobs?: object[];
  /** Files of rules. */
  rules?: string[];
}

export interface Prometheus extends Backend {
  url: string;
  /** The `data` of an instant query's answer: `{ resultType, result }`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape depends on the query
  query: (promql: string) => Promise<any>;
  /** The `data` of any other path below `/api/v1/`, with its query string: `query_exemplars?query=…&start=…&end=…`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape depends on the path
  get: (path: string) => Promise<any>;
}

/** A Prometheus with nothing in its store. The first scrape comes only 5 s after the start. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const { targets, scrapeIntervalS = 1, release = 2, features = [], job = 'test', labels = {} } = options;
  const interval = `${Math.round(scrapeIntervalS * 1000)}ms`;

  const file = binary(release === 2 ? 'prometheus' : 'prometheus3');
  const { ports, stop } = await start(`prometheus${release}`, file, 1, ([port]) => ({
    args: [
      `--config.file=${CONFIG}`,
      '--storage.tsdb.path=data',
      `--web.listen-address=127.0.0.1:${port}`,
      ...(features.length > 0 ? [`--enable-feature=${features.join(',')}`] : []),
    ],
    ready: [`http://127.0.0.1:${port}/-/ready`],
    config: {
      global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
      // Its default is none, and then 3 stores no exemplar.
      ...(features.includes('exemplar-storage') && { storage: { exemplars: { max_exemplars: 100_000 } } }),
      rule_files: (options.rules ?? []).map((rule) => resolve(rule)),
      scrape_configs: [
        { job_name: job, static_configs: [{ targets, labels }], ...options.scrape },
        ...(options.jobs ?? []),
      ],
    },
  }));

  const url = `http://127.0.0.1:${ports[0]}`;
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${url}/api/v1/${path}`);
    const answer = (await response.json()) as { status: string; data: unknown; error?: string };
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  };
  return { url, get, query: (promql) => get(`query?query=${encodeURIComponent(promql)}`), stop };
}

export interface NodeExporter extends Backend {
  /** `host:port` for a Prometheus to scrape. */
  address: string;
}

/** Metrics of this machine, as the guides' queries about nodes assume them. */
export async function startNodeExporter(): Promise<NodeExporter> {
  const { ports, stop } = await start('node-exporter', binary('nodeExporter'), 1, ([port]) => ({
    args: [`--web.listen-address=127.0.0.1:${port}`],
    ready: [`http://127.0.0.1:${port}/metrics`],
  }));
  return { address: `127.0.0.1:${ports[0]}`, stop };
}

export interface StatsdExporter extends Backend {
  /** `host:port` of UDP, for StatsD lines. */
  statsd: string;
  /** `host:port` for a Prometheus to scrape, or for `metrics()`. */
  address: string;
  /** What it serves now, as text. */
  metrics: () => Promise<string>;
}

/** A StatsD server that serves what it receives to Prometheus; it understands the tags of DogStatsD. */
export async function startStatsdExporter(options: { host?: '127.0.0.1' | '[::1]' } = {}): Promise<StatsdExporter> {
  const { host = '127.0.0.1' } = options;
  const { ports, stop } = await start('statsd-exporter', binary('statsdExporter'), 2, ([statsd, http]) => ({
    args: [
      `--statsd.listen-udp=${host}:${statsd}`,
      '--statsd.listen-tcp=',
      `--web.listen-address=127.0.0.1:${http}`,
      // Its buffer of the system's default would lose what a test sends at once.
      '--statsd.read-buffer=1048576',
      '--statsd.event-flush-interval=20ms',
    ],
    ready: [`http://127.0.0.1:${http}/metrics`],
  }));
  const address = `127.0.0.1:${ports[1]}`;
  return {
    statsd: `${host}:${ports[0]}`,
    address,
    metrics: async () => (await fetch(`http://${address}/metrics`)).text(),
    stop,
  };
}
