import { otlpExporter, type Reading, type Signal } from './otlp-exporter.ts';
import type { BatchProcessor, ExporterPlan, Pipeline, Processor, Reader, ResourcePlan } from './pipeline.ts';
import { LONGEST } from './rules.ts';
import { planSampler } from './sampler.ts';

/** The pipeline the variables describe. */
export function fromEnvironment(reading: Reading): Pipeline {
  const { settings } = reading;
  return {
    resource: resource(reading),
    propagators: settings.OTEL_PROPAGATORS,
    traces: {
      processors: processors(reading, 'TRACES', 'BSP'),
      sampler: planSampler(settings.OTEL_TRACES_SAMPLER, settings.OTEL_TRACES_SAMPLER_ARG, (reason) =>
        reading.complain('OTEL_TRACES_SAMPLER_ARG', reason),
      ),
      limits: {
        ...attributeLimits(settings.OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT, settings.OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT),
        eventCount: settings.OTEL_SPAN_EVENT_COUNT_LIMIT,
        linkCount: settings.OTEL_SPAN_LINK_COUNT_LIMIT,
        attributesPerEvent: settings.OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT,
        attributesPerLink: settings.OTEL_LINK_ATTRIBUTE_COUNT_LIMIT,
      },
    },
    metrics: { readers: settings.OTEL_METRICS_EXPORTER.map((name) => reader(reading, name)), views: [] },
    logs: {
      processors: processors(reading, 'LOGS', 'BLRP'),
      limits: attributeLimits(
        settings.OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT,
        settings.OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT,
      ),
    },
  };
}

/** The specification asks for these attributes whichever detectors are chosen. */
function resource({ settings }: Reading): ResourcePlan {
  const name = settings.OTEL_SERVICE_NAME;
  return {
    attributes: { ...settings.OTEL_RESOURCE_ATTRIBUTES, ...(name === undefined ? {} : { 'service.name': name }) },
    detectors: settings.OTEL_NODE_RESOURCE_DETECTORS,
  };
}

const attributeLimits = (attributeCount: number, attributeValueLength: number | undefined) => ({
  attributeCount,
  ...(attributeValueLength === undefined ? {} : { attributeValueLength }),
});

const exporter = (reading: Reading, name: 'otlp' | 'console', signal: Signal): ExporterPlan =>
  name === 'otlp' ? otlpExporter(reading, signal) : { kind: 'console' };

function processors(reading: Reading, signal: 'TRACES' | 'LOGS', prefix: 'BSP' | 'BLRP'): Processor[] {
  return reading.settings[`OTEL_${signal}_EXPORTER`].map((name): Processor => {
    const plan = exporter(reading, name, signal);
    return name === 'console' ? { kind: 'simple', exporter: plan } : batch(reading, prefix, plan);
  });
}

function batch({ settings, isSet, complain }: Reading, prefix: 'BSP' | 'BLRP', plan: ExporterPlan): BatchProcessor {
  const maxQueueSize = settings[`OTEL_${prefix}_MAX_QUEUE_SIZE`];
  const batchSize = `OTEL_${prefix}_MAX_EXPORT_BATCH_SIZE` as const;
  const most = maxQueueSize ?? LONGEST;
  if (settings[batchSize] > most && isSet(batchSize)) {
    complain(batchSize, `expected at most the size of the queue, using ${most}`);
  }
  return {
    kind: 'batch',
    exporter: plan,
    scheduleDelay: settings[`OTEL_${prefix}_SCHEDULE_DELAY`],
    exportTimeout: settings[`OTEL_${prefix}_EXPORT_TIMEOUT`],
    ...(maxQueueSize !== undefined && { maxQueueSize }),
    maxExportBatchSize: Math.min(settings[batchSize], most),
  };
}

function reader(reading: Reading, name: 'otlp' | 'prometheus' | 'console'): Reader {
  const { settings, isSet, complain } = reading;
  if (name === 'prometheus') {
    const host = settings.OTEL_EXPORTER_PROMETHEUS_HOST;
    return {
      kind: 'prometheus',
      ...(host === undefined ? {} : { host }),
      port: settings.OTEL_EXPORTER_PROMETHEUS_PORT,
      withoutTargetInfo: false,
    };
  }
  const interval = settings.OTEL_METRIC_EXPORT_INTERVAL;
  const timeout = settings.OTEL_METRIC_EXPORT_TIMEOUT;
  // Without a limit of its own an export still ends when the next one is due: nothing to complain of.
  if (timeout > interval && timeout < LONGEST && isSet('OTEL_METRIC_EXPORT_TIMEOUT')) {
    complain('OTEL_METRIC_EXPORT_TIMEOUT', `expected at most the interval, using ${interval}`);
  }
  return {
    kind: 'periodic',
    exporter: exporter(reading, name, 'METRICS'),
    interval,
    timeout: Math.min(timeout, interval),
  };
}
