/** The shop as the guides assume an application: on real servers, and scraped, with the machine, by a real Prometheus. */
import { setTimeout as wait } from 'node:timers/promises';
import { startPrometheus, type NodeExporter, type Prometheus } from '../backends/backends.ts';
import type { Backend } from '../backends/process.ts';
import { root, start } from '../support/run.ts';

/** The names that the guides' queries ask for. */
export const JOB = 'python-app-0';
const SERVICE = 'api-gateway';
const RULES = [`${root}/test/shop/guide-rules.yaml`, `${root}/test/shop/guide-alerts.yaml`];
/** Milliseconds between two visits, so that they fall into several scrapes. */
const PAUSE = 200;

export interface Shop extends Backend {
  readonly url: string;
  /** `host:port` of each service's `/metrics`. */
  readonly targets: readonly string[];
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

export const startMonitor = (release: 2 | 3, { targets }: Shop, node: NodeExporter): Promise<Prometheus> =>
  startPrometheus({
    release,
    targets: [...targets],
    job: JOB,
    labels: { service: SERVICE },
    jobs: [{ job_name: 'node', static_configs: [{ targets: [node.address] }] }],
    rules: RULES,
  });

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
