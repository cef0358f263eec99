/**
 * The boot, top to bottom: everything is made first, then OpenTelemetry's globals are set, then the application's
 * libraries are patched as they load. If anything fails, what was made is undone and the application runs without us.
 */
import { isMainThread } from 'node:worker_threads';
import {
  context,
  diag as otelDiag,
  DiagLogLevel,
  logs,
  metrics,
  propagation,
  trace,
  type MeterProvider,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { isTracingSuppressed, setGlobalErrorHandler } from '@opentelemetry/core';
import { inContainer } from './admin/container.ts';
import { serve, type Admin } from './admin/server.ts';
import { status } from './admin/status.ts';
import { askForPort } from './admin/worker-port.ts';
import { OTEL_GLOBAL } from './coexistence.ts';
import { loadChunk } from './chunk.ts';
import type { Component } from './component.ts';
import type { Env } from './config/env.ts';
import { createDelivery, type OtlpDelivery } from './delivery/delivery.ts';
import { createExitSender, spawner } from './delivery/exit.ts';
import type { Loaded } from './config/load.ts';
import { latencyObjective } from './config/objectives.ts';
import type { Pipeline, PrometheusReader } from './config/pipeline.ts';
import type { Settings } from './config/schema.ts';
import type { Spool } from './delivery/spool/spool.ts';
import * as diag from './diag.ts';
import { setRunning } from './instance.ts';
import { catalogue } from './instrumentations/catalogue.ts';
import { enabledRows } from './instrumentations/enabled.ts';
import { instrument } from './instrumentations/instrument.ts';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';
import { DERIVED, isMeasured, operations } from './metrics/operations.ts';
import { measureProcess } from './metrics/process.ts';
import { watchUncaught, whenUncaught } from './process-end.ts';
import { pushedToStatsd, readByMainThread, served } from './metric-readers.ts';
import { createUserMarks } from './metrics/user-marks.ts';
import type { Observers } from './metrics/observers.ts';
import { createPropagator } from './propagation/propagation.ts';
import { createReport, summary } from './report.ts';
import type { Resource } from '@opentelemetry/resources';
import { knownAttributes } from './resource/known-attributes.ts';
import { createResource } from './resource/resource.ts';
import { createLogs } from './signals/logs.ts';
import { createMetrics } from './signals/metrics.ts';
import type { Sharing } from './sharing.ts';
import { createTraces } from './signals/traces.ts';
import { fromWorkers, type FromWorkers } from './threads/from-workers.ts';

/** The part of the time an exit may take in which a request under way holds the process; the helper has the rest. */
const HELD = 0.1;

/** Never throws. */
export function start(loaded: Loaded, env: Env): void {
  const { settings } = loaded.config;
  const delivery = createDelivery({
    queueSize: settings.FIRSTLIGHT_QUEUE_SIZE,
    maxAge: settings.FIRSTLIGHT_QUEUE_MAX_AGE,
    hold: settings.FIRSTLIGHT_EXIT_TIMEOUT * HELD,
  });
  // The first to start and the last to end: the others hand over to it.
  const parts: Component[] = [delivery];
  const lifecycle = createLifecycle(parts, {
    exitTimeout: Math.ceil(settings.FIRSTLIGHT_EXIT_TIMEOUT * (1 - HELD)),
    sendAtExit: createExitSender({ env, execArgv: process.execArgv, ended: delivery.end }),
  });
  try {
    boot(loaded, env, parts, delivery, lifecycle);
  } catch (cause) {
    diag.error('could not start; the application runs without it', cause);
    takeBack(lifecycle);
  }
}

function boot(loaded: Loaded, env: Env, parts: Component[], delivery: OtlpDelivery, lifecycle: Lifecycle): void {
  const { settings, instrumentations } = loaded.config;
  const pipeline = isMainThread ? loaded.config.pipeline : ofWorker(loaded.config.pipeline);
  // First of all, so that what the parts send is in nobody's trace.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const resource = createResource(pipeline.resource, { env, script: process.argv[1] });
  if (settings.FIRSTLIGHT_SPOOL_DIR !== undefined && isMainThread) {
    const spool = openSpool(settings.FIRSTLIGHT_SPOOL_DIR, settings, resource);
    if (spool !== undefined) delivery.keepIn(spool, settings.FIRSTLIGHT_SPOOL_MAX_AGE);
  }
  const scraped = scrapedOf(pipeline);
  let workers: FromWorkers | undefined;
  const pages = scraped && served(scraped, settings, resource, async (timeout) => workers?.collect(timeout));
  parts.push(...(pages?.parts ?? []));
  if (isMainThread) {
    const statsd = pushedToStatsd(settings);
    if (statsd !== undefined) parts.push(statsd);
  } else {
    const inMainThread = scrapedOf(loaded.config.pipeline);
    parts.push(readByMainThread(settings, inMainThread !== undefined));
    if (inMainThread !== undefined) parts.push(askForPort(inMainThread.port));
  }

  const aboutItself = settings.OTEL_NODE_EXPERIMENTAL_SDK_METRICS;
  const meters = createMetrics(pipeline.metrics, resource, parts, delivery.metricExporter, aboutItself);
  const metersOfSdk = aboutItself ? meters.provider : undefined;
  const isRead =
    pipeline.metrics.readers.length > 0 || parts.some(({ metricReaders = [] }) => metricReaders.length > 0);
  const observed = isRead ? observersOf(meters.provider) : undefined;
  if (isRead) parts.push(operations(meters.provider, { slowQuery: settings.FIRSTLIGHT_METRICS_SLOW_QUERY }));
  if (observed && isMainThread) parts.push(createUserMarks((id) => observed().markActiveUser(id)));
  const traces = createTraces(
    pipeline.traces,
    resource,
    parts,
    delivery.spanProcessor,
    metersOfSdk,
    isRead ? isMeasured : undefined,
  );
  const logRecords = createLogs(pipeline.logs, resource, parts, delivery.logRecordProcessor, metersOfSdk);
  delivery.begin(meters.provider);
  if (isMainThread) {
    if (isRead) measureProcess(meters.provider.getMeter('firstlight', FIRSTLIGHT_VERSION));
    workers = fromWorkers(resource, traces.spanProcessors, logRecords.logRecordProcessors, pages?.group.threads);
    parts.push(workers);
  }
  const report = createReport(loaded, pipeline, resource, {
    admin: () => admin?.address(),
    instrumentations: () => instrumented.loaded(),
    accounts: delivery.accounts,
  });
  const admin =
    scraped &&
    openAdmin(
      scraped,
      [...parts, { name: 'status', routes: [status(report)] }],
      settings.FIRSTLIGHT_ADMIN_TOKEN,
      pages?.group.sharing,
      env,
    );
  parts.push(meters, traces, logRecords, ...(admin ? [admin] : []));

  otelDiag.setLogger(diag.otelLogger(), { suppressOverrideMessage: true, logLevel: DiagLogLevel.ALL });
  // Exporters say themselves what could not be sent and where to; here it comes once more, without either.
  setGlobalErrorHandler((cause) => diag.debug('OpenTelemetry', cause));
  propagation.setGlobalPropagator(createPropagator(pipeline.propagators));
  metrics.setGlobalMeterProvider(meters.provider);
  trace.setGlobalTracerProvider(traces.provider);
  logs.setGlobalLoggerProvider(logRecords.provider);

  const instrumented = instrument({
    rows: enabledRows(catalogue, {
      enabled: settings.OTEL_NODE_ENABLED_INSTRUMENTATIONS,
      disabled: settings.OTEL_NODE_DISABLED_INSTRUMENTATIONS,
      rows: instrumentations,
    }),
    config: {
      ...Object.fromEntries(Object.entries(instrumentations).map(([name, { options }]) => [name, options])),
      http: {
        ...instrumentations['http']?.options,
        server: {
          methods: settings.OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS,
          trustedProxies: settings.FIRSTLIGHT_TRUST_PROXY,
          ignoredPaths: settings.FIRSTLIGHT_IGNORE_PATHS,
          durationBounds: objectiveBounds(settings),
          isOurs: (socket: object) => admin?.owns(socket) ?? false,
          whenUncaught,
        },
        // Our own exports make no spans, but would be counted among the application's requests.
        ignoreOutgoingRequestHook: () => isTracingSuppressed(context.active()),
      },
      'runtime-node': { ...instrumentations['runtime-node']?.options, isRead, watchUncaught },
    },
    frameworkSpans: settings.FIRSTLIGHT_FRAMEWORK_SPANS,
    tracerProvider: traces.provider,
    meterProvider: meters.provider,
    measuredElsewhere: DERIVED,
    loggerProvider: logRecords.provider,
    observed,
    env,
    onRival(name) {
      const line = `the application loads ${name}, which owns its telemetry; Firstlight stands aside`;
      if (isMainThread) diag.warn(line);
      else diag.info(line);
      // It may look at what the application starts, and what is left is sent at the end all the same.
      if (isMainThread) spawner();
      takeBack(lifecycle);
    },
  });
  setRunning({
    version: FIRSTLIGHT_VERSION,
    flush: lifecycle.flush,
    status: report,
    registerQueue: (name, depth) => observed?.().registerQueue(name, depth) ?? (() => {}),
    markActiveUser: (id) => observed?.().markActiveUser(id),
  });
  // Workers have no exporters of their own to tell of.
  if (isMainThread) diag.info(summary(pipeline, resource));
}

const scrapedOf = ({ metrics: { readers } }: Pipeline): PrometheusReader | undefined =>
  readers.find((reader) => reader.kind === 'prometheus');

/** Made when the first has something to tell. */
function observersOf(meters: MeterProvider): () => Observers {
  let observers: Observers | undefined;
  return () => (observers ??= loadChunk<typeof import('./metrics/observers.ts')>('observers').createObservers(meters));
}

/** Seconds at which objectives draw a line. */
function objectiveBounds({
  FIRSTLIGHT_APDEX_THRESHOLD: apdex,
  FIRSTLIGHT_SLO_LATENCY: latency = [],
}: Settings): number[] {
  return [apdex, 4 * apdex, ...latency.map((text) => latencyObjective(text).within)].map(
    (milliseconds) => milliseconds / 1000,
  );
}

/**
 * A worker thread owns no exporter and no port, is read by the main thread, and what it sends carries that thread's resource. It
 * decides on its own roots itself: a remote sampler asks in each thread, and a rate limit holds for each.
 */
function ofWorker({ resource, propagators, traces, metrics, logs: { limits } }: Pipeline): Pipeline {
  return {
    resource: { ...resource, detectors: [] },
    propagators,
    traces: { ...traces, processors: [] },
    metrics: { ...metrics, readers: [] },
    logs: { limits, processors: [] },
  };
}

function openAdmin(
  { host, port }: PrometheusReader,
  parts: readonly Component[],
  token: string | undefined,
  sharing: Sharing | undefined,
  env: Env,
): Admin {
  return serve({
    host: host ?? (inContainer(env) ? '0.0.0.0' : '127.0.0.1'),
    port,
    token,
    routes: parts.flatMap((part) => part.routes ?? []),
    ...(sharing !== undefined && { sharing }),
  });
}

function openSpool(folder: string, settings: Settings, resource: Resource): Spool | undefined {
  return loadChunk<typeof import('./delivery/spool/spool.ts')>('spool').createSpool({
    folder,
    maxBytes: settings.FIRSTLIGHT_SPOOL_SIZE,
    maxAge: settings.FIRSTLIGHT_SPOOL_MAX_AGE,
    service: String(knownAttributes(resource)['service.name']),
  });
}

/** Leaves the process as it was before: the globals to whoever wants them, ports and timers to nobody. */
function takeBack(lifecycle: Lifecycle): void {
  setRunning(undefined);
  // Not `disable()` of each API: the version of ours stays on the object, and an older copy would refuse to register.
  delete (globalThis as Record<symbol, unknown>)[OTEL_GLOBAL];
  void lifecycle.shutdown();
}
