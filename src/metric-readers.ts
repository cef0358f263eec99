/**
 * Who reads what is measured besides the exporters: the pages of the admin server, a StatsD server, and of a worker thread
 * its main thread. Each is a part with a reader of its own.
 */
import { loadChunk } from './chunk.ts';
import type { Collect } from './collected.ts';
import type { Component, Route } from './component.ts';
import type { PrometheusReader } from './config/pipeline.ts';
import type { Settings } from './config/schema.ts';
import { createGroup, type Group, type GroupOptions } from './group/group.ts';
import type { Pages } from './metrics-pages.ts';
import type { Resource } from '@opentelemetry/resources';
import { createPullReader } from './signals/pull-reader.ts';
import { toMainThread } from './threads/to-main-thread.ts';

/** Paths of `metrics-pages.ts`. */
const PAGES = ['/metrics', '/api/v1/metrics/summary', '/api/v1/metrics/apm'] as const;

export interface Served {
  readonly parts: readonly Component[];
  readonly group: Group;
}

/** In the main thread: what is scraped, of all processes and threads that are one service. */
export function served(
  plan: PrometheusReader,
  settings: Settings,
  resource: Resource,
  askThreads: GroupOptions['askThreads'],
): Served {
  const reader = createPullReader(settings.OTEL_METRICS_EXEMPLAR_FILTER);
  const group = createGroup({ reader, resource, instanceGroup: settings.FIRSTLIGHT_INSTANCE_GROUP, askThreads });
  const routes = pages(settings, plan, group.collect);
  return { group, parts: [{ name: 'metrics pages', metricReaders: [reader.reader], routes }, group] };
}

/** What makes them is loaded when somebody asks for the first time. */
function pages(settings: Settings, plan: PrometheusReader, collect: Collect): readonly Route[] {
  let made: Pages | undefined;
  const load = (): Pages =>
    (made ??= loadChunk<typeof import('./metrics-pages.ts')>('metrics-pages').createPages(settings, plan, collect));
  return PAGES.map((path) => ({
    path,
    access: 'public',
    handle: (request, response) => load()[path](request, response),
  }));
}

/** Undefined where no address is set. */
export function pushedToStatsd(settings: Settings): Component | undefined {
  const address = settings.FIRSTLIGHT_STATSD_ADDRESS;
  if (address === undefined) return undefined;
  const { statsd, temporality } = loadChunk<typeof import('./bridges/statsd/statsd.ts')>('statsd');
  const source = createPullReader('always_off', { aggregationTemporalitySelector: temporality });
  const plan = {
    address,
    prefix: settings.FIRSTLIGHT_STATSD_PREFIX,
    tags: settings.FIRSTLIGHT_STATSD_TAGS === 'dogstatsd',
    interval: settings.FIRSTLIGHT_STATSD_INTERVAL,
  };
  return { ...statsd(plan, source), metricReaders: [source.reader] };
}

/** In a worker thread; `isScraped`: the main thread wants to know what is measured. */
export function readByMainThread(settings: Settings, isScraped: boolean): Component {
  if (!isScraped) return toMainThread();
  const reader = createPullReader(settings.OTEL_METRICS_EXEMPLAR_FILTER);
  return { ...toMainThread(reader), metricReaders: [reader.reader] };
}
