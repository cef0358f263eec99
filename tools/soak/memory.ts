/** A collector that never answers, for ten minutes: the memory is that of the queue. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startBusy, type Busy } from '../../test/lifecycle/busy.ts';
import { startLoad } from '../../test/lifecycle/load.ts';
import { imbalances, total, type Shown } from '../../test/lifecycle/steady.ts';
import { failed, mib, MIB, withCollector, type Finding, type Scenario } from './scenario.ts';

const RATE = 1000;
/** As long as a heap needs to get its size under this load. */
const WARM_UP = 60_000;
const OUTAGE = 60_000 * Number(process.env['SOAK_MINUTES'] ?? 10);
const EVERY = 5000;
const ALLOWED = 32 * MIB;
const DEFAULT_QUEUE = 32 * MIB;

const heap = ({ heapUsed, external }: Shown): number => heapUsed + external;
const rssOf = ({ rss }: Shown): number => rss;
const most = (all: readonly Shown[], of: (shown: Shown) => number): number => Math.max(...all.map(of));

const memory = (queue: number, env: Readonly<Record<string, string>>): Promise<Finding> =>
  withCollector(async (collector) => {
    const app = await startBusy(collector.url, env, WARM_UP + OUTAGE + 120_000);
    try {
      const load = startLoad(app.port, RATE);
      const before = await watched(app, WARM_UP, collector.clear);
      await collector.become('hung');
      const during = await watched(app, OUTAGE, collector.clear);
      const sent = await load.stop();
      const last = await app.until(({ made }) => made >= sent, 30_000);
      const was = { heap: most(before, heap), rss: most(before, rssOf) };
      const grown = { heap: most(during, heap) - was.heap, rss: most(during, rssOf) - was.rss };
      const { ended, delivered, queued, dropped } = total(last, 'traces');
      const unaccounted = last.made - ended;
      return {
        figures: [
          `queue of ${mib(queue)}: ${sent} requests; heap + external ${mib(was.heap)} and at most ${mib(grown.heap)} more,`,
          `RSS ${mib(was.rss)} and at most ${mib(grown.rss)} more;`,
          `ended ${ended} = delivered ${delivered} + queued ${queued} + dropped ${dropped}`,
        ].join(' '),
        problems: [
          ...failed({
            [`heap + external grew by ${mib(grown.heap)}`]: grown.heap <= queue + ALLOWED,
            [`RSS grew by ${mib(grown.rss)}`]: grown.rss <= queue + ALLOWED,
            'the queue never filled up': dropped > 0,
            [`${unaccounted} requests are in no account`]: unaccounted === 0,
          }),
          ...[...during, last].flatMap(imbalances).slice(0, 3),
        ],
      };
    } finally {
      app.kill();
    }
  });

async function watched(app: Busy, ms: number, forget: () => void): Promise<Shown[]> {
  const shown: Shown[] = [];
  const end = performance.now() + ms;
  while (performance.now() < end) {
    await sleep(EVERY);
    shown.push(await app.show());
    // What was sent is of no interest here, and there is much of it.
    forget();
  }
  return shown;
}

export const hungCollector: Scenario = {
  name: 'memory',
  promise: `at most 32 MiB over the queue after ${OUTAGE / 60_000} minutes of ${RATE} requests/s and no answer`,
  run: () => Promise.all([memory(16 * MIB, { FIRSTLIGHT_QUEUE_SIZE: String(16 * MIB) }), memory(DEFAULT_QUEUE, {})]),
};
