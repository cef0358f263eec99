/** The signals as the variables configure them, without instrumentations: what is compared with oracle.mjs. */
import { context, logs, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { load } from '../../../src/config/load.ts';
import { createPropagator } from '../../../src/propagation.ts';
import { createResource } from '../../../src/resource.ts';
import { createLogs } from '../../../src/signals/logs.ts';
import { createMetrics } from '../../../src/signals/metrics.ts';
import { createTraces } from '../../../src/signals/traces.ts';

const { settings, pipeline } = load(process.env, []).config;
if (!settings.OTEL_SDK_DISABLED) {
  const resource = createResource(pipeline.resource, { env: process.env, script: process.argv[1] });
  const aboutItself = settings.OTEL_NODE_EXPERIMENTAL_SDK_METRICS;
  const meters = createMetrics(pipeline.metrics, resource, [], aboutItself);
  const spans = createTraces(pipeline.traces, resource, [], aboutItself ? meters.provider : undefined);
  const records = createLogs(pipeline.logs, resource, [], aboutItself ? meters.provider : undefined);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(createPropagator(pipeline.propagators));
  metrics.setGlobalMeterProvider(meters.provider);
  trace.setGlobalTracerProvider(spans.provider);
  logs.setGlobalLoggerProvider(records.provider);
  process.once('beforeExit', () => {
    for (const signal of [spans, records, meters]) void signal.shutdown?.();
  });
}
