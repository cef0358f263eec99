/** The shop as the guides assume an application: on real servers, and scraped, with the machine, by a real Prometheus. */
import { setTimeout as wait } from 'node:timers/promises';
import { onPath, start as startBackend, type Backend } from '../backends/backends.ts';
import { root, start } from '../support/run.ts';

/** The names that the guides' queries ask for. */
export const JOB = 'python-app-0';
const SERVICE = 'api-gateway';
export const RULES = [`${root}/test/shop/guide-rules.yaml`, `${root}/test/shop/guide-alerts.yaml`];
/** Milliseconds between two visits, so that they fall into several scrapes. */
const PAUSE = 200;

interface Shop extends Backend {
  readonly url: string;
  /** `host:port` of each service's `/metrics`. */
  readonly targets: readonly string[];
}

export interface Monitor extends Backend {
  readonly url: string;
  /** How many targets it has. */
  readonly targets: number;
}

/** Resolves when every service answers; the shop's own first sixty requests may still be under way. */
export async function startShop(env: Readonly<Record<string, string>>, timeout: number): Promise<Shop> {
  const { child, waitFor, finished } = start([`${root}/examples/shop/run.ts`, '--no-once', '--free-ports'], {
    flags: [],
    timeout,
    env,
  });
  const [, url] = await waitFor(/^Shop +(http:\S+)\/products$/m);
  const [, line] = await waitFor(/^\/metrics +(.*)\n/m);
  return {
    url: url!,
    targets: [...line!.matchAll(/http:\/\/(\S+)\/metrics/g)].map(([, target]) => target!),
    async stop() {
      child.kill('SIGTERM');
      await finished;
    },
  };
}

/** What serves the metrics of the machine. */
export async function startNodeExporter(): Promise<Backend & { readonly target: string }> {
  const { ports, stop } = await startBackend('node-exporter', onPath('prometheus-node-exporter')!, 1, ([port]) => ({
    args: [`--web.listen-address=127.0.0.1:${port}`],
    ready: [`http://127.0.0.1:${port}/`],
    config: {},
  }));
  return { target: `127.0.0.1:${ports[0]}`, stop };
}

/** `prometheus` is its program; `node` the target of the node exporter. */
export async function startMonitor(prometheus: string, targets: readonly string[], node: string): Promise<Monitor> {
  const { ports, stop } = await startBackend('prometheus', prometheus, 1, ([port]) => ({
    args: ['--config.file=config.yaml', '--storage.tsdb.path=data', `--web.listen-address=127.0.0.1:${port}`],
    ready: [`http://127.0.0.1:${port}/-/ready`],
    config: {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: RULES,
      scrape_configs: [
        { job_name: JOB, static_configs: [{ targets, labels: { service: SERVICE } }] },
        { job_name: 'node', static_configs: [{ targets: [node] }] },
      ],
    },
  }));
  return { url: `http://127.0.0.1:${ports[0]}`, targets: targets.length + 1, stop };
}

/**
 * Sends `visits` of ten requests each, with every status the shop has, and says which came back. Products that exist are
 * in the cache after the first visit, the others never are.
 */
export async function visit(shop: string, visits: number): Promise<ReadonlySet<number>> {
  const statuses = new Set<number>();
  const call = async (method: 'GET' | 'POST', path: string, body?: object): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(shop + path, { method, ...(body && { headers, body: JSON.stringify(body) }) });
    await response.arrayBuffer();
    statuses.add(response.status);
  };
  for (let i = 0; i < visits; i++) {
    const email = `visitor-${process.pid}-${Date.now()}@example.com`;
    await call('GET', '/products');
    await call('GET', '/products/1');
    await call('GET', '/products/2');
    await call('GET', '/products/999');
    await call('POST', '/signup', { email });
    await call('POST', '/signup', { email });
    await call('POST', '/checkout', { productId: 1, card: 'good' });
    await call('POST', '/checkout', { productId: 3, card: 'declined' });
    await call('POST', '/checkout', { productId: 4, card: 'good' });
    await call('GET', '/astrology');
    await wait(PAUSE);
  }
  return statuses;
}
