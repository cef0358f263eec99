/** Many spans at once, to a collector that takes them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { imbalances, startSteady, total } from '../../test/lifecycle/steady.ts';
import { failed, withCollector, type Finding, type Scenario } from './scenario.ts';

const SECONDS = 5;
const DRAIN = 60_000;

const burst = (rate: number, mayDrop: boolean): Promise<Finding> =>
  withCollector(async (collector) => {
    const app = await startSteady(collector, { rate, seconds: SECONDS });
    await sleep(SECONDS * 1000);
    const last = await app.until((shown) => shown.over === true && total(shown, 'traces').queued === 0, DRAIN);
    await app.end();
    const { ended, delivered, dropped } = total(last, 'traces');
    const accepted = collector.accepted('traces');
    return {
      figures: `${rate} spans/s for ${SECONDS} s: ${last.made} made, ${delivered} delivered, ${dropped} dropped, ${accepted} arrived`,
      problems: [
        ...failed({
          [`${dropped} dropped`]: mayDrop || dropped === 0,
          [`made ${last.made}, ended ${ended}`]: ended === last.made,
          [`delivered ${delivered}, arrived ${accepted}`]: delivered === accepted,
        }),
        ...app.shown.flatMap(imbalances).slice(0, 3),
      ],
    };
  });

export const bursts: Scenario = {
  name: 'bursts',
  promise: '0 of 10,000 spans/s dropped; of 40,000 spans/s each one that is dropped is counted',
  // One after the other: they need both cores.
  run: async () => [await burst(10_000, false), await burst(40_000, true)],
};
