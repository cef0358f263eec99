/**
 * Metrics for a StatsD server, by UDP: what was counted and timed since the last sending, and what gauges say now. It has
 * a reader of its own, so that neither a scrape nor an export takes anything away from it.
 */
import { clearInterval, setInterval } from 'node:timers';
import {
  AggregationTemporality,
  InstrumentType,
  type AggregationTemporalitySelector,
} from '@opentelemetry/sdk-metrics';
import type { Collecting } from '../../collected.ts';
import type { Component } from '../../component.ts';
import type { StatsdAddress } from '../../config/statsd-address.ts';
import { datagrams } from './datagrams.ts';
import { lines } from './lines.ts';
import { createSender } from './sender.ts';

/** Milliseconds for asynchronous observable callbacks. */
const COLLECT_TIMEOUT = 1500;

export interface StatsdPlan {
  readonly address: StatsdAddress;
  readonly prefix: string | undefined;
  /** Attributes as DogStatsD's tags instead of parts of the name. */
  readonly tags: boolean;
  /** Milliseconds. */
  readonly interval: number;
}

/** The server adds up what it is told to count, and keeps the last value of everything else. */
export const temporality: AggregationTemporalitySelector = (type) =>
  type === InstrumentType.COUNTER || type === InstrumentType.OBSERVABLE_COUNTER || type === InstrumentType.HISTOGRAM
    ? AggregationTemporality.DELTA
    : AggregationTemporality.CUMULATIVE;

/** `source`: a reader with `temporality`. */
export function statsd({ address, prefix, tags, interval }: StatsdPlan, source: Collecting): Component {
  const sender = createSender(address);
  const format = { prefix: prefix === undefined ? '' : `${prefix}.`, tags };
  let pushing: Promise<void> | undefined;
  let ended = false;

  const push = async (): Promise<void> => {
    try {
      // What nobody could receive is not collected: counters go on counting.
      await sender.aim();
      if (ended) return;
      const { scopeMetrics } = await source.collect(COLLECT_TIMEOUT);
      await sender.send(datagrams(lines(scopeMetrics, format)));
    } catch (cause) {
      if (!ended) sender.report(cause);
    }
  };
  // A sending that takes longer than the interval is not overtaken by the next.
  const once = (): Promise<void> => (pushing ??= push().finally(() => (pushing = undefined)));
  const timer = setInterval(() => void once(), interval).unref();
  // A name is looked up by then, should the process end before its first sending.
  sender.aim().catch((cause: unknown) => sender.report(cause));

  return {
    name: 'statsd',
    forceFlush: once,
    async shutdown() {
      ended = true;
      clearInterval(timer);
      sender.close();
    },
    pending() {
      if (!ended) sender.sendNow(datagrams(lines(source.collectNow().scopeMetrics, format)));
      return [];
    },
  };
}
