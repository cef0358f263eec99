/**
 * The demo: starts the shop with Firstlight preloaded, sends it sixty requests and prints what was seen. On a
 * terminal, or with `--no-once`, it goes on until Ctrl-C; elsewhere, or with `--once`, it ends then. README.md says what the environment changes.
 */
import { parseArgs } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { choosePorts, free, type Port } from './demo/ports.ts';
import { startReceiver, type Seen } from './demo/receiver.ts';
import { counts, knownMetrics, traceTree } from './demo/report.ts';
import { startService, type Service } from './demo/service.ts';
import { sendTraffic } from './demo/traffic.ts';

const file = (path: string): string => `${import.meta.dirname}/${path}`;
const local = ({ port }: Port): string => `http://127.0.0.1:${port}`;
const print = (...lines: readonly string[]): unknown => process.stdout.write(`${lines.join('\n')}\n`);

const stopped = Promise.withResolvers<void>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopped.resolve());

const { values: options } = parseArgs({
  options: {
    once: { type: 'boolean', default: !process.stdout.isTTY },
    // For a second shop beside the first.
    'free-ports': { type: 'boolean', default: false },
  },
  allowNegative: true,
});
const { DATABASE_URL, REDIS_URL, OTEL_EXPORTER_OTLP_ENDPOINT } = process.env;

const PORTS = {
  storefront: 3000,
  orders: 3001,
  storefrontMetrics: 9464,
  ordersMetrics: 9465,
  fulfilmentMetrics: 9466,
  receiver: 4318,
  database: 5433,
};
const ports = await choosePorts(options['free-ports'] ? free(PORTS) : PORTS);
const taken = Object.values(ports).filter(({ wanted, port }) => wanted !== 0 && wanted !== port);
if (taken.length > 0) print(`Taken: ${taken.map(({ wanted, port }) => `port ${wanted}, so ${port}`).join('; ')}.`, '');

const receiver = OTEL_EXPORTER_OTLP_ENDPOINT === undefined ? await startReceiver(ports.receiver.port) : undefined;
const telemetry = receiver === undefined ? process.env : embedded(local(ports.receiver));
const services: Service[] = [];

try {
  await Promise.race([demo(), stopped.promise]);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
for (const service of services.toReversed()) await service.stop();
receiver?.stop();
// A service that was still starting when somebody pressed Ctrl-C ends with this program.
process.exit();

async function demo(): Promise<void> {
  if (DATABASE_URL === undefined)
    await start('database', [file('demo/database.ts')], { PORT: `${ports.database.port}` });
  const database = DATABASE_URL ?? `postgres://postgres@127.0.0.1:${ports.database.port}/postgres`;
  const pool = DATABASE_URL === undefined ? '1' : undefined;
  const shop = { ORDERS_URL: local(ports.orders), REDIS_URL };
  await seen('orders', ports.ordersMetrics, {
    ...shop,
    PORT: `${ports.orders.port}`,
    DATABASE_URL: database,
    DATABASE_POOL: pool,
  });
  if (REDIS_URL !== undefined) await seen('fulfilment', ports.fulfilmentMetrics, shop);
  await seen('storefront', ports.storefrontMetrics, { ...shop, PORT: `${ports.storefront.port}` });

  print(
    `Shop        ${local(ports.storefront)}/products`,
    `/metrics    storefront ${local(ports.storefrontMetrics)}/metrics   orders ${local(ports.ordersMetrics)}/metrics${
      REDIS_URL === undefined ? '' : `   fulfilment ${local(ports.fulfilmentMetrics)}/metrics`
    }`,
    `Database    ${DATABASE_URL === undefined ? 'PGlite, embedded (DATABASE_URL=postgres://… for your own)' : 'yours'}`,
    `Cache, jobs ${REDIS_URL === undefined ? 'off (REDIS_URL=redis://… turns them on)' : 'your Redis'}`,
    `Telemetry   ${OTEL_EXPORTER_OTLP_ENDPOINT ?? 'kept here (OTEL_EXPORTER_OTLP_ENDPOINT=http://… sends it on)'}`,
    '',
  );
  const statuses = [...(await sendTraffic(local(ports.storefront)))].toSorted(([a], [b]) => a - b);
  print(`Sent ${statuses.map(([status, count]) => `${count} × ${status}`).join(', ')}.`);
  if (receiver !== undefined) {
    await settled(receiver.seen);
    print(counts(receiver.seen), '', ...traceTree(receiver.seen.spans));
  }
  print(
    '',
    'On /metrics, among others',
    ...(await metricLines(ports.storefrontMetrics)),
    ...(await metricLines(ports.ordersMetrics)),
  );
  if (!options.once) {
    print('', 'Ctrl-C ends it.');
    await stopped.promise;
  }
}

/** A service of the shop, with one flag more than it has in any other place. */
function seen(name: string, metrics: Port, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const flags = ['--import', file('../../register.js')];
  return start(name, [...flags, file(`${name}/main.ts`)], {
    ...telemetry,
    ...env,
    OTEL_SERVICE_NAME: name,
    OTEL_EXPORTER_PROMETHEUS_PORT: `${metrics.port}`,
  });
}

async function start(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  services.push(await startService({ name, args, env: { PATH: process.env['PATH'], ...env } }));
}

/** The environment without what names another receiver, and with short delays: somebody is waiting. */
function embedded(endpoint: string): Readonly<Record<string, string | undefined>> {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('OTEL_EXPORTER_OTLP_'));
  return {
    ...Object.fromEntries(others),
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '300',
    OTEL_BLRP_SCHEDULE_DELAY: '300',
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    OTEL_METRIC_EXPORT_TIMEOUT: '1000',
  };
}

/** Resolves when nothing new has come in for 1.5 s, after 10 s at the latest. */
async function settled({ spans, logs }: Seen): Promise<void> {
  let before = -1;
  for (let waited = 0; waited < 10_000 && before !== spans.length + logs.length; waited += 1500) {
    before = spans.length + logs.length;
    await wait(1500);
  }
}

async function metricLines(port: Port): Promise<string[]> {
  const url = `${local(port)}/metrics`;
  return fetch(url).then(
    async (page) => knownMetrics(await page.text()),
    () => [`  nothing answers on ${url}`],
  );
}
