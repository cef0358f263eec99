/**
 * The names that dashboards, alerts and runbooks are usually written for, beside those of the semantic conventions. One row
 * for each; what they have in common with a metric of the catalogue is its source.
 */
import type { Attributes } from '@opentelemetry/api';
import { isWaiting } from './catalogue.ts';
import type { Derivation } from './derivation.ts';
import { within } from './requests.ts';

const text = (value: unknown): string => (value === undefined ? '' : String(value));

/** The template of the route; of a request that matched none nobody knows it. */
const endpoint = (attributes: Attributes): string => text(attributes['http.route']) || 'unmatched';

const byEndpoint = (attributes: Attributes): Attributes => ({
  method: attributes['http.request.method'],
  endpoint: endpoint(attributes),
});

/** Who went before he was answered got no status. Where a view has taken the status away, nobody knows. */
const status = (attributes: Attributes): string =>
  text(attributes['http.response.status_code']) || (attributes['error.type'] === undefined ? '' : 'aborted');

const queryType = (attributes: Attributes): Attributes => ({
  query_type: text(attributes['db.operation.name']).toLowerCase(),
});

const cache = (result: string) => (attributes: Attributes) =>
  attributes['cache.result'] === result ? { cache_type: attributes['cache.type'] } : undefined;

/** Of those that there may be so many of: without a limit nothing is full. */
const used = ({
  'db.client.connection.state': state,
  'db.client.connection.unlimited': unlimited,
}: Attributes): Attributes | undefined => (state === 'used' && unlimited !== true ? {} : undefined);

const DEADLOCKS = new Set<unknown>(['40P01', '1213', 'ER_LOCK_DEADLOCK', '1205', '60', 'ORA-00060']);

const ACTIVE = 'Server requests that are being answered';
const METHOD_ENDPOINT = ['method', 'endpoint'];

export interface GuideOptions {
  /** Seconds from which on a statement is slow; a bound of the histogram. */
  readonly slowQuery: number;
}

export const guideNames = ({ slowQuery }: GuideOptions): readonly Derivation[] => [
  {
    name: 'http_requests_total',
    type: 'counter',
    help: 'Server requests by method, route and status',
    from: 'http.server.request.duration',
    labels: [...METHOD_ENDPOINT, 'status', 'status_code'],
    labelsOf: (attributes) => {
      const code = status(attributes);
      return { ...byEndpoint(attributes), status: code, status_code: code };
    },
  },
  {
    name: 'http_request_duration_seconds',
    type: 'histogram',
    help: 'Duration of server requests by method and route',
    from: 'http.server.request.duration',
    labels: METHOD_ENDPOINT,
    labelsOf: byEndpoint,
  },
  {
    name: 'http_requests_active',
    type: 'gauge',
    help: ACTIVE,
    from: 'http.server.active_requests',
    labels: [],
    zero: true,
  },
  {
    name: 'http_requests_in_flight',
    type: 'gauge',
    help: ACTIVE,
    from: 'http.server.active_requests',
    labels: [],
    zero: true,
  },
  {
    name: 'active_connections',
    type: 'gauge',
    help: ACTIVE,
    from: 'http.server.active_requests',
    labels: [],
    zero: true,
  },
  {
    name: 'http_request_size_bytes',
    type: 'histogram',
    help: 'Size of the bodies of server requests',
    from: 'http.server.request.body.size',
    labels: METHOD_ENDPOINT,
    labelsOf: byEndpoint,
  },
  {
    name: 'http_response_size_bytes',
    type: 'histogram',
    help: 'Size of the bodies of the answers to server requests',
    from: 'http.server.response.body.size',
    labels: METHOD_ENDPOINT,
    labelsOf: byEndpoint,
  },
  {
    name: 'api_errors_total',
    type: 'counter',
    help: 'Server requests that failed, by type of error and route',
    from: 'http.server.request.duration',
    labels: ['error_type', 'endpoint'],
    labelsOf: (attributes) =>
      attributes['error.type'] === undefined
        ? undefined
        : { error_type: attributes['error.type'], endpoint: endpoint(attributes) },
  },
  {
    name: 'process_cpu_seconds_total',
    type: 'counter',
    help: 'CPU time of the process',
    from: 'process.cpu.time',
    labels: [],
  },
  {
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    help: 'Resident memory of the process',
    from: 'process.memory.usage',
    labels: [],
  },
  {
    name: 'process_open_fds',
    type: 'gauge',
    help: 'Open file descriptors of the process',
    from: 'process.open_file_descriptor.count',
    labels: [],
  },
  {
    name: 'nodejs_gc_duration_seconds',
    type: 'histogram',
    help: 'Duration of garbage collections',
    from: 'v8js.gc.duration',
    labels: ['kind'],
    labelsOf: (attributes) => ({ kind: attributes['v8js.gc.type'] }),
  },
  {
    name: 'nodejs_eventloop_lag_seconds',
    type: 'gauge',
    help: 'Mean lag of the event loop within the last minute',
    from: 'nodejs.eventloop.delay.mean',
    labels: [],
  },
  {
    name: 'nodejs_eventloop_lag_p99_seconds',
    type: 'gauge',
    help: '99th percentile of the lag of the event loop within the last minute',
    from: 'nodejs.eventloop.delay.p99',
    labels: [],
  },
  {
    name: 'nodejs_eventloop_lag_max_seconds',
    type: 'gauge',
    help: 'Longest lag of the event loop within the last minute',
    from: 'nodejs.eventloop.delay.max',
    labels: [],
  },
  {
    name: 'database_queries_total',
    type: 'counter',
    help: 'Operations of databases, by kind',
    from: 'db.client.operation.duration',
    labels: ['query_type'],
    labelsOf: queryType,
  },
  ...['database_query_duration_seconds', 'db_query_duration_seconds'].map((name): Derivation => ({
    name,
    type: 'histogram',
    help: 'Duration of operations of databases, by kind',
    from: 'db.client.operation.duration',
    labels: ['query_type'],
    labelsOf: queryType,
  })),
  {
    name: 'db_errors_total',
    type: 'counter',
    help: 'Operations of databases that failed, by type of error',
    from: 'db.client.operation.duration',
    labels: ['error_type'],
    labelsOf: (attributes) =>
      attributes['error.type'] === undefined ? undefined : { error_type: attributes['error.type'] },
  },
  {
    name: 'db_slow_queries_total',
    type: 'counter',
    help: `Operations of databases that took longer than ${slowQuery} s`,
    from: 'db.client.operation.duration',
    labels: ['query_type'],
    labelsOf: queryType,
    counts: (buckets) => buckets.count - within(buckets, slowQuery),
  },
  {
    name: 'db_deadlocks_total',
    type: 'counter',
    help: 'Operations of databases that were ended because of a deadlock',
    from: 'db.client.operation.duration',
    labels: [],
    labelsOf: (attributes) => (DEADLOCKS.has(attributes['error.type']) ? {} : undefined),
  },
  ...['database_connections_active', 'db_connections_active'].map((name): Derivation => ({
    name,
    type: 'gauge',
    help: 'Connections of all pools with a limit that are in use',
    from: 'db.client.connection.count',
    labels: [],
    labelsOf: used,
  })),
  {
    name: 'database_connections_total',
    type: 'gauge',
    help: 'Connections that all pools may have open',
    from: 'db.client.connection.max',
    labels: [],
  },
  {
    name: 'cache_hits_total',
    type: 'counter',
    help: 'Look-ups in a cache that found something',
    from: 'firstlight.cache.requests',
    labels: ['cache_type'],
    labelsOf: cache('hit'),
  },
  {
    name: 'cache_misses_total',
    type: 'counter',
    help: 'Look-ups in a cache that found nothing',
    from: 'firstlight.cache.requests',
    labels: ['cache_type'],
    labelsOf: cache('miss'),
  },
  {
    name: 'queue_depth',
    type: 'gauge',
    help: 'Messages that wait in a queue',
    from: 'firstlight.queue.depth',
    labels: ['queue'],
    labelsOf: (attributes) => (isWaiting(attributes['state']) ? { queue: attributes['queue'] } : undefined),
  },
  {
    name: 'active_users',
    type: 'gauge',
    help: 'Distinct users within the last five minutes',
    from: 'firstlight.active_users',
    labels: [],
  },
];

/** Metrics of the semantic conventions that the names of the guides stand for. */
export const namedByGuides = (derivations: readonly Derivation[]): ReadonlySet<string> =>
  new Set(derivations.flatMap(({ from }) => from));
