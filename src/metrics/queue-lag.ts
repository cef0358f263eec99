/** What consumer groups have still to read, as the library knows it without asking its broker. */
import type { Meter } from '@opentelemetry/api';
import * as diag from '../diag.ts';
import type { Lag, Observed } from '../observed.ts';
import { observable } from './instrument.ts';

/** Consumers; what is held of one that is not stopped is held for good. */
const MOST = 1000;

export function createLags(meter: Meter): Observed['lag'] {
  const sources = new Set<() => Iterable<Lag>>();
  observable(meter, 'firstlight.queue.lag').addCallback((result) => {
    // Several consumers of one group share the partitions of a topic among them.
    const sums = new Map<string, Lag>();
    for (const read of sources) {
      for (const { queue, group, messages } of read()) {
        const key = `${queue}\n${group}`;
        sums.set(key, { queue, group, messages: messages + (sums.get(key)?.messages ?? 0) });
      }
    }
    for (const { queue, group, messages } of sums.values())
      result.observe(messages, { queue, 'messaging.system': 'kafka', 'messaging.consumer.group.name': group });
  });
  return (read) => {
    if (sources.size >= MOST) {
      diag.limited('lags', `more than ${MOST} consumers; the lag of those that begin now is not measured`);
      return () => {};
    }
    sources.add(read);
    return () => void sources.delete(read);
  };
}
