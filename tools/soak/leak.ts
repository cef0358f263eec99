/** Nothing is left of a request that is over. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startBusy, type Busy } from '../../test/lifecycle/busy.ts';
import { imbalances, total, type Shown } from '../../test/lifecycle/steady.ts';
import { root } from '../../test/support/run.ts';
import { failed, mib, MIB, withCollector, type Scenario } from './scenario.ts';

const FIRST = 20_000;
const ALL = 200_000;
const ALLOWED = MIB;
const LIFETIME = 600_000;

const heap = ({ heapUsed, external }: Shown): number => heapUsed + external;

async function load(app: Busy, requests: number): Promise<void> {
  const args = [`${root}/bench/load.ts`, String(app.port), '/users/42', String(requests), '20'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LIFETIME });
  if (stdout.trim() !== '0') throw new Error(`${stdout.trim()} of ${requests} requests failed`);
}

/** When nothing waits any more but what asking for it has made. */
const atRest = (app: Busy): Promise<Shown> => app.until((shown) => total(shown, 'traces').queued < 20, 60_000);

export const leak: Scenario = {
  name: 'leak',
  promise: `at most 1 MiB more after ${ALL} requests than after ${FIRST}`,
  run: () =>
    withCollector(async (collector) => {
      const app = await startBusy(collector.url, {}, LIFETIME);
      const forgetting = setInterval(collector.clear, 1000);
      try {
        await load(app, FIRST);
        const first = await atRest(app);
        await load(app, ALL - FIRST);
        const last = await atRest(app);
        const grown = heap(last) - heap(first);
        const { ended, delivered, dropped } = total(last, 'traces');
        return [
          {
            figures: `heap + external ${mib(heap(first))}, then ${mib(heap(last))}; RSS ${mib(first.rss)}, then ${mib(last.rss)}; ${ended} ended, ${delivered} delivered`,
            problems: [
              ...failed({ [`${mib(grown)} more`]: grown <= ALLOWED, [`${dropped} dropped`]: dropped === 0 }),
              ...imbalances(last),
            ],
          },
        ];
      } finally {
        clearInterval(forgetting);
        app.kill();
      }
    }),
};
