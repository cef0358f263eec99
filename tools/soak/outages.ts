/** Outages of a minute, each kind on a server of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startBusy } from '../../test/lifecycle/busy.ts';
import { startLoad } from '../../test/lifecycle/load.ts';
import { imbalances, total } from '../../test/lifecycle/steady.ts';
import { nameOf } from '../../test/lifecycle/troubles.ts';
import type { Mode } from '../../test/support/faulty-collector.ts';
import { failed, withCollector, type Finding, type Scenario } from './scenario.ts';

const RATE = 200;
const BEFORE = 5000;
const OUTAGE = 60_000;
const AFTER = 5000;
/** For what was kept to be sent. */
const RECOVERY = 90_000;

const MODES: readonly Mode[] = ['down', 'hung', { status: 429 }, { status: 503 }, 'reset'];

const outage = (mode: Mode): Promise<Finding> =>
  withCollector(async (collector) => {
    const app = await startBusy(collector.url, {}, BEFORE + OUTAGE + AFTER + RECOVERY + 60_000);
    try {
      const load = startLoad(app.port, RATE);
      await sleep(BEFORE);
      await collector.become(mode);
      await sleep(OUTAGE);
      const kept = total(await app.show(), 'traces').queued;
      await collector.become('ok');
      const up = performance.now();
      await sleep(AFTER);
      const sent = await load.stop();
      // The last batch waits for its time.
      const last = await app.until((shown) => total(shown, 'traces').queued < RATE, RECOVERY);
      const recovery = performance.now() - up;
      await app.end();
      const paths = collector.spans().map(({ attributes }) => String(attributes['url.path']));
      const requests = paths.filter((path) => path.startsWith('/request/'));
      const lost = sent - new Set(requests).size;
      const twice = requests.length - new Set(requests).size;
      return {
        figures: `${nameOf(mode)}: ${sent} requests, ${kept} spans kept, drained after ${(recovery / 1000).toFixed(1)} s; ${lost} lost, ${twice} twice`,
        problems: [
          ...failed({ [`${lost} lost`]: lost === 0, [`${twice} arrived twice`]: twice === 0 }),
          ...imbalances(last),
        ],
      };
    } finally {
      app.kill();
    }
  });

export const outages: Scenario = {
  name: 'outages',
  promise: `0 spans lost by an outage of ${OUTAGE / 1000} s at ${RATE} requests/s`,
  run: () => Promise.all(MODES.map(outage)),
};
