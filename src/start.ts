/**
 * The boot, top to bottom: everything is made first, then OpenTelemetry's globals are set, then the application's
 * libraries are patched as they load. If anything fails, what was made is undone and the application runs without us.
 */
import type { IncomingMessage } from 'node:http';
import { isMainThread } from 'node:worker_threads';
import { context, diag as otelDiag, DiagLogLevel, logs, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { serve, type Admin } from './admin/server.ts';
import { status } from './admin/status.ts';
import { prometheus } from './bridges/prometheus/prometheus.ts';
import { OTEL_GLOBAL, takesOver } from './coexistence.ts';
import type { Component } from './component.ts';
import type { Loaded } from './config/load.ts';
import type { Pipeline, PrometheusReader } from './config/pipeline.ts';
import { inContainer } from './admin/container.ts';
import * as diag from './diag.ts';
import { setRunning } from './instance.ts';
import { catalogue } from './instrumentations/catalogue.ts';
import { enabledRows } from './instrumentations/enabled.ts';
import { instrument } from './instrumentations/instrument.ts';
import { atThreadExit, createLifecycle } from './lifecycle.ts';
import type { Env } from './preload.ts';
import { createPropagator } from './propagation/propagation.ts';
import { createReport, summary } from './report.ts';
import { createResource } from './resource/resource.ts';
import { createLogs } from './signals/logs.ts';
import { createMetrics } from './signals/metrics.ts';
import { createTraces } from './signals/traces.ts';
import { fromWorkers, toMainThread } from './threads.ts';

/** Never throws. */
export function start(loaded: Loaded, env: Env): void {
  const parts: Component[] = [];
  try {
    boot(loaded, env, parts);
  } catch (cause) {
    diag.error('could not start; the application runs without it', cause);
    takeBack(parts);
  }
}

function boot(loaded: Loaded, env: Env, parts: Component[]): void {
  const { settings, instrumentations } = loaded.config;
  const pipeline = isMainThread ? loaded.config.pipeline : ofWorker(loaded.config.pipeline);
  // First of all, so that what the parts send is in nobody's trace.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const resource = createResource(pipeline.resource, { env, script: process.argv[1] });
  const scraped = pipeline.metrics.readers.find((reader) => reader.kind === 'prometheus');
  if (scraped !== undefined) parts.push(prometheus(scraped));
  if (!isMainThread) parts.push(toMainThread(atThreadExit));

  const aboutItself = settings.OTEL_NODE_EXPERIMENTAL_SDK_METRICS;
  const meters = createMetrics(pipeline.metrics, resource, parts, aboutItself);
  const traces = createTraces(pipeline.traces, resource, parts, aboutItself ? meters.provider : undefined);
  const logRecords = createLogs(pipeline.logs, resource, parts, aboutItself ? meters.provider : undefined);
  if (isMainThread) parts.push(fromWorkers(resource, traces.spanProcessors, logRecords.logRecordProcessors));
  const report = createReport(loaded, resource, {
    admin: () => admin?.address(),
    instrumentations: () => instrumented.loaded(),
  });
  const admin =
    scraped &&
    openAdmin(scraped, [...parts, { name: 'status', routes: [status(report)] }], settings.FIRSTLIGHT_ADMIN_TOKEN, env);
  parts.push(meters, traces, logRecords, ...(admin ? [admin] : []));

  otelDiag.setLogger(diag.otelLogger(), { suppressOverrideMessage: true, logLevel: DiagLogLevel.ALL });
  propagation.setGlobalPropagator(createPropagator(pipeline.propagators));
  metrics.setGlobalMeterProvider(meters.provider);
  trace.setGlobalTracerProvider(traces.provider);
  logs.setGlobalLoggerProvider(logRecords.provider);

  let aside = false;
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
        ignoreIncomingRequestHook: (request: IncomingMessage) => admin?.owns(request) ?? false,
      },
    },
    tracerProvider: traces.provider,
    meterProvider: meters.provider,
    loggerProvider: logRecords.provider,
    env,
    onPackage(name, parent) {
      if (aside || !takesOver(name, parent)) return;
      aside = true;
      diag.warn(`the application loads ${name}, which owns its telemetry; Firstlight stands aside`);
      instrumented.disable();
      takeBack(parts);
    },
  });
  setRunning({ version: FIRSTLIGHT_VERSION, flush: createLifecycle(parts).flush, status: report });
  diag.info(summary(report()));
}

/** A worker thread owns no exporter, no reader and no port. */
function ofWorker({ resource, propagators, traces, metrics: { views }, logs: { limits } }: Pipeline): Pipeline {
  return {
    resource,
    propagators,
    traces: { ...traces, processors: [] },
    metrics: { readers: [], views },
    logs: { limits, processors: [] },
  };
}

function openAdmin(
  { host, port }: PrometheusReader,
  parts: readonly Component[],
  token: string | undefined,
  env: Env,
): Admin {
  return serve({
    host: host ?? (inContainer(env) ? '0.0.0.0' : '127.0.0.1'),
    port,
    token,
    routes: parts.flatMap((part) => part.routes ?? []),
  });
}

/** Leaves the process as it was before: the globals to whoever wants them, ports and timers to nobody. */
function takeBack(parts: readonly Component[]): void {
  setRunning(undefined);
  // Not `disable()` of each API: the version of ours stays on the object, and an older copy would refuse to register.
  delete (globalThis as Record<symbol, unknown>)[OTEL_GLOBAL];
  void createLifecycle(parts).shutdown();
}
