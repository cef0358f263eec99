/**
 * What Firstlight measures: one row for each metric, by OpenTelemetry's name. Whoever measures takes type, unit and text
 * from here (instrument.ts), and so do docs/metrics.md, dashboards and rules. Data without imports: anybody may read it.
 */

export interface Row {
  readonly type: 'counter' | 'updowncounter' | 'gauge' | 'histogram';
  /** UCUM; `{…}` is what is counted. */
  readonly unit: string;
  /** The sentence for people; it is the help of /metrics too. */
  readonly doc: string;
  readonly attributes: readonly string[];
  /** What it is measured by: a part of ours, or the libraries whose instrumentations do it. */
  readonly source: string;
  /** Of a histogram, in its unit. */
  readonly bounds?: readonly number[];
  /**
   * How the values of several processes become one, where it is not as usual: of gauges each is served, with the label
   * `worker`; counters, up-down counters and histograms are added up.
   */
  readonly across?: 'each' | 'max' | 'sum';
}

/** Seconds of an HTTP request: the conventions' and every edge that the guides' objectives name. */
const HTTP_SECONDS = [
  0.005, 0.01, 0.02, 0.025, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.5, 0.75, 1, 2, 2.5, 5, 7.5, 10,
] as const;
/** Bytes of a body; the conventions name none, and the SDK's end at 10 kB. */
const BYTES = [100, 1000, 10_000, 100_000, 1_000_000, 10_000_000] as const;
/** Seconds of a statement or a message. */
const OPERATION_SECONDS = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
/** Seconds of a collection of garbage: most of them are far below a millisecond. */
const GC_SECONDS = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1] as const;

const SERVER = [
  'http.request.method',
  'url.scheme',
  'network.protocol.version',
  'http.route',
  'http.response.status_code',
  'error.type',
];
const CLIENT = [
  'http.request.method',
  'url.scheme',
  'network.protocol.version',
  'server.address',
  'server.port',
  'http.response.status_code',
  'error.type',
];
const POOL = ['db.client.connection.pool.name'];
const MESSAGE = ['messaging.system', 'messaging.destination.name', 'messaging.operation.name', 'error.type'];
const HEAP_SPACE = ['v8js.heap.space.name'];

/** Seconds of an attempt to send, which is given up after ten. */
const ATTEMPT_SECONDS = [0.005, 0.025, 0.1, 0.5, 2.5, 10] as const;
const COMPONENT = ['otel.component.type', 'otel.component.name'];
const EXPORTED = {
  type: 'counter',
  doc: 'Delivered, or with an error.type given up',
  attributes: [...COMPONENT, 'error.type'],
  source: 'delivery',
} as const;
const IN_FLIGHT = {
  type: 'updowncounter',
  doc: 'Sent and not answered yet',
  attributes: COMPONENT,
  source: 'delivery',
} as const;
const PROCESSED = {
  type: 'counter',
  doc: 'Ended and done with, or with an error.type dropped before',
  attributes: [...COMPONENT, 'error.type'],
  source: 'delivery',
} as const;
const QUEUED = {
  type: 'updowncounter',
  doc: 'Waiting to be sent',
  attributes: COMPONENT,
  source: 'delivery',
} as const;

export const catalogue = {
  'http.server.request.duration': {
    type: 'histogram',
    unit: 's',
    doc: 'Duration of HTTP server requests',
    attributes: SERVER,
    source: 'capture',
    bounds: HTTP_SECONDS,
  },
  'http.server.active_requests': {
    type: 'updowncounter',
    unit: '{request}',
    doc: 'Number of active HTTP server requests',
    attributes: ['http.request.method', 'url.scheme'],
    source: 'capture',
  },
  'http.server.request.body.size': {
    type: 'histogram',
    unit: 'By',
    doc: 'Size of HTTP server request bodies',
    attributes: SERVER,
    source: 'capture',
    bounds: BYTES,
  },
  'http.server.response.body.size': {
    type: 'histogram',
    unit: 'By',
    doc: 'Size of HTTP server response bodies',
    attributes: SERVER,
    source: 'capture',
    bounds: BYTES,
  },
  'http.client.request.duration': {
    type: 'histogram',
    unit: 's',
    doc: 'Duration of HTTP client requests',
    attributes: CLIENT,
    source: 'http, undici',
    bounds: HTTP_SECONDS,
  },

  'db.client.operation.duration': {
    type: 'histogram',
    unit: 's',
    doc: 'Duration of database client operations',
    attributes: [
      'db.system.name',
      'db.namespace',
      'db.operation.name',
      'db.collection.name',
      'server.address',
      'server.port',
      'error.type',
    ],
    source: 'client spans of every driver',
    bounds: OPERATION_SECONDS,
  },
  'db.client.connection.count': {
    type: 'updowncounter',
    unit: '{connection}',
    doc: 'Connections of a pool, by state',
    attributes: [...POOL, 'db.client.connection.state', 'db.client.connection.unlimited'],
    source: 'pg, mysql, mysql2, mongodb, redis, ioredis, oracledb',
  },
  'db.client.connection.max': {
    type: 'updowncounter',
    unit: '{connection}',
    doc: 'Most connections that a pool may open',
    attributes: POOL,
    source: 'pg, mysql, mysql2, mongodb, pools of redis',
  },
  'db.client.connection.pending_requests': {
    type: 'updowncounter',
    unit: '{request}',
    doc: 'Requests that wait for a connection of a pool',
    attributes: POOL,
    source: 'pg, mysql, mysql2, mongodb, pools of redis, oracledb',
  },
  'firstlight.db.n_plus_one': {
    type: 'counter',
    unit: '{suspect}',
    doc: 'Statements that were run ten times or more below one span: suspects of N+1 queries',
    attributes: ['db.system.name', 'db.operation.name', 'db.collection.name'],
    source: 'client spans of every driver',
  },

  'firstlight.cache.requests': {
    type: 'counter',
    unit: '{lookup}',
    doc: 'Look-ups in a cache that were hits or misses',
    attributes: ['cache.type', 'cache.result'],
    source: 'redis, ioredis, memcached, lru-memoizer',
  },

  'messaging.client.sent.messages': {
    type: 'counter',
    unit: '{message}',
    doc: 'Messages that producers tried to send',
    attributes: MESSAGE,
    source: 'spans of kafkajs, amqplib, bullmq',
  },
  'messaging.client.consumed.messages': {
    type: 'counter',
    unit: '{message}',
    doc: 'Messages that were delivered to the application',
    attributes: MESSAGE,
    source: 'spans of kafkajs, amqplib, bullmq',
  },
  'messaging.process.duration': {
    type: 'histogram',
    unit: 's',
    doc: 'Duration of processing a message',
    attributes: MESSAGE,
    source: 'spans of kafkajs, amqplib, bullmq',
    bounds: OPERATION_SECONDS,
  },
  'firstlight.queue.depth': {
    type: 'gauge',
    unit: '{message}',
    doc: 'Messages that wait in a queue',
    attributes: ['queue', 'messaging.system', 'state'],
    source: 'bullmq, amqplib, registerQueue()',
    across: 'max',
  },
  'firstlight.queue.lag': {
    type: 'gauge',
    unit: '{message}',
    doc: 'Messages that a consumer group has still to read',
    attributes: ['queue', 'messaging.system', 'messaging.consumer.group.name'],
    source: 'kafkajs',
    across: 'sum',
  },
  'firstlight.queue.dead_letters': {
    type: 'counter',
    unit: '{message}',
    doc: 'Messages that were given up: rejected without being put back, or failed for good',
    attributes: ['queue', 'messaging.system'],
    source: 'amqplib, bullmq',
  },

  'process.cpu.time': {
    type: 'counter',
    unit: 's',
    doc: 'CPU time of the process',
    attributes: ['cpu.mode'],
    source: 'process',
  },
  'process.memory.usage': {
    type: 'updowncounter',
    unit: 'By',
    doc: 'Resident memory of the process',
    attributes: [],
    source: 'process',
    across: 'each',
  },
  'process.open_file_descriptor.count': {
    type: 'updowncounter',
    unit: '{file_descriptor}',
    doc: 'Open file descriptors of the process',
    attributes: [],
    source: 'process',
    across: 'each',
  },
  'process.start_time': {
    type: 'gauge',
    unit: 's',
    doc: 'When the process started, in seconds since 1970',
    attributes: [],
    source: 'process',
  },
  'process.uptime': {
    type: 'gauge',
    unit: 's',
    doc: 'Time the process has been running',
    attributes: [],
    source: 'process',
  },

  'nodejs.eventloop.delay.min': {
    type: 'gauge',
    unit: 's',
    doc: 'Shortest delay of the event loop within the last minute',
    attributes: [],
    source: 'runtime-node',
  },
  'nodejs.eventloop.delay.max': {
    type: 'gauge',
    unit: 's',
    doc: 'Longest delay of the event loop within the last minute',
    attributes: [],
    source: 'runtime-node',
  },
  'nodejs.eventloop.delay.mean': {
    type: 'gauge',
    unit: 's',
    doc: 'Mean delay of the event loop within the last minute',
    attributes: [],
    source: 'runtime-node',
  },
  'nodejs.eventloop.delay.stddev': {
    type: 'gauge',
    unit: 's',
    doc: 'Standard deviation of the delay of the event loop within the last minute',
    attributes: [],
    source: 'runtime-node',
  },
  'nodejs.eventloop.delay.p50': {
    type: 'gauge',
    unit: 's',
    doc: 'Median delay of the event loop within the last minute',
    attributes: [],
    source: 'runtime-node',
  },
  'nodejs.eventloop.delay.p90': {
    type: 'gauge',
    unit: 's',
    doc: '90th percentile of the delay of the event loop within the last minute',
    attributes: [],
    source: 'runtime-node',
  },
  'nodejs.eventloop.delay.p99': {
    type: 'gauge',
    unit: 's',
    doc: '99th percentile of the delay of the event loop within the last minute',
    attributes: [],
    source: 'runtime-node',
  },
  'nodejs.eventloop.utilization': {
    type: 'gauge',
    unit: '1',
    doc: 'Share of time in which the event loop was busy within the last minute',
    attributes: [],
    source: 'runtime-node',
  },
  'nodejs.eventloop.time': {
    type: 'counter',
    unit: 's',
    doc: 'Time of the event loop, by state',
    attributes: ['nodejs.eventloop.state'],
    source: 'runtime-node',
  },
  'v8js.gc.duration': {
    type: 'histogram',
    unit: 's',
    doc: 'Duration of garbage collections, by type',
    attributes: ['v8js.gc.type'],
    source: 'runtime-node',
    bounds: GC_SECONDS,
  },
  'v8js.memory.heap.space.size': {
    type: 'updowncounter',
    unit: 'By',
    doc: 'Memory allocated for the spaces of the heap',
    attributes: HEAP_SPACE,
    source: 'runtime-node',
  },
  'v8js.memory.heap.used': {
    type: 'updowncounter',
    unit: 'By',
    doc: 'Memory in use in the spaces of the heap',
    attributes: HEAP_SPACE,
    source: 'runtime-node',
  },
  'v8js.memory.heap.space.available_size': {
    type: 'updowncounter',
    unit: 'By',
    doc: 'Memory available in the spaces of the heap',
    attributes: HEAP_SPACE,
    source: 'runtime-node',
  },
  'v8js.memory.heap.space.physical_size': {
    type: 'updowncounter',
    unit: 'By',
    doc: 'Committed size of the spaces of the heap',
    attributes: HEAP_SPACE,
    source: 'runtime-node',
  },
  'v8js.resource.active': {
    type: 'updowncounter',
    unit: '{resource}',
    doc: 'Resources that keep the event loop alive',
    attributes: ['v8js.resource.type'],
    source: 'runtime-node',
  },

  'firstlight.active_users': {
    type: 'gauge',
    unit: '{user}',
    doc: 'Distinct users within the last five minutes',
    attributes: [],
    source: 'markActiveUser(), enduser.id and user.id of server spans',
    across: 'sum',
  },
  'firstlight.metrics.dropped': {
    type: 'counter',
    unit: '{call}',
    doc: 'Calls of the metrics API that were not followed: the application has too many meters, instruments or callbacks',
    attributes: ['firstlight.dropped'],
    source: 'metrics',
  },

  'otel.sdk.exporter.operation.duration': {
    type: 'histogram',
    unit: 's',
    doc: 'Duration of the attempts to send a batch; error.type says what those that failed failed with',
    attributes: [...COMPONENT, 'error.type'],
    source: 'delivery',
    bounds: ATTEMPT_SECONDS,
  },
  'otel.sdk.exporter.span.exported': { ...EXPORTED, unit: '{span}' },
  'otel.sdk.exporter.log.exported': { ...EXPORTED, unit: '{log_record}' },
  'otel.sdk.exporter.metric_data_point.exported': { ...EXPORTED, unit: '{data_point}' },
  'otel.sdk.exporter.span.inflight': { ...IN_FLIGHT, unit: '{span}' },
  'otel.sdk.exporter.log.inflight': { ...IN_FLIGHT, unit: '{log_record}' },
  'otel.sdk.exporter.metric_data_point.inflight': { ...IN_FLIGHT, unit: '{data_point}' },
  'otel.sdk.processor.span.processed': { ...PROCESSED, unit: '{span}' },
  'otel.sdk.processor.log.processed': { ...PROCESSED, unit: '{log_record}' },
  'otel.sdk.processor.span.queue.size': { ...QUEUED, unit: '{span}' },
  'otel.sdk.processor.log.queue.size': { ...QUEUED, unit: '{log_record}' },
  'firstlight.metric.collections': {
    type: 'counter',
    unit: '{collection}',
    doc: 'Collections of metrics that were sent, or with an error.type given up',
    attributes: [...COMPONENT, 'error.type'],
    source: 'delivery',
  },
} as const satisfies Readonly<Record<string, Row>>;

export type MetricName = keyof typeof catalogue;

export const rowOf = (name: MetricName): Row => catalogue[name];

/** States of `firstlight.queue.depth`: nobody waits for those that are delayed, have failed, or are being worked on. */
const WAITING = new Set<unknown>([undefined, 'waiting', 'prioritized']);

export const isWaiting = (state: unknown): boolean => WAITING.has(state);
