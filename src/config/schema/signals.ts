import { TRANSLATIONS } from '../names.ts';
import { latencyObjectives, percentage } from '../objectives.ts';
import {
  count,
  delay,
  flag,
  host,
  httpUrl,
  integer,
  list,
  listOf,
  oneOf,
  port,
  size,
  text,
  timeout,
} from '../rules.ts';
import { setting } from '../setting.ts';
import { samplerNames } from '../sampler.ts';

export const traces = {
  OTEL_TRACES_EXPORTER: setting({
    rule: listOf(['otlp', 'console']),
    default: ['otlp'],
    doc: 'Where spans go; with `none` spans still exist, so that logs carry trace ids',
    file: 'tracer_provider.processors',
  }),
  OTEL_TRACES_SAMPLER: setting({
    rule: oneOf(samplerNames),
    default: 'parentbased_always_on',
    doc: 'Which traces are recorded',
    file: 'tracer_provider.sampler',
  }),
  OTEL_TRACES_SAMPLER_ARG: setting({
    rule: text,
    fallback: "the sampler's own default",
    doc: 'The argument of the sampler; its form is in the table of samplers',
    file: 'tracer_provider.sampler',
  }),
  OTEL_BSP_SCHEDULE_DELAY: setting({
    rule: delay,
    default: 5000,
    unit: 'ms',
    doc: 'Time between two exports of spans',
    file: 'tracer_provider.processors[].batch.schedule_delay',
  }),
  OTEL_BSP_EXPORT_TIMEOUT: setting({
    rule: timeout,
    default: 30_000,
    unit: 'ms',
    doc: 'Longest time one attempt to export spans may take',
    file: 'tracer_provider.processors[].batch.export_timeout',
  }),
  OTEL_BSP_MAX_QUEUE_SIZE: setting({
    rule: size,
    fallback: 'as many as FIRSTLIGHT_QUEUE_SIZE holds',
    unit: 'items',
    doc: 'Spans that wait for export; further ones are dropped and counted',
    file: 'tracer_provider.processors[].batch.max_queue_size',
  }),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: setting({
    rule: size,
    default: 512,
    unit: 'items',
    doc: 'Spans in one export, at most the size of the queue',
    file: 'tracer_provider.processors[].batch.max_export_batch_size',
  }),
} as const;

export const metrics = {
  OTEL_METRICS_EXPORTER: setting({
    rule: listOf(['otlp', 'prometheus', 'console']),
    default: ['otlp', 'prometheus'],
    doc: 'Where metrics go; `prometheus` serves them on `/metrics` of the admin server',
    file: 'meter_provider.readers',
  }),
  OTEL_METRIC_EXPORT_INTERVAL: setting({
    rule: delay,
    default: 60_000,
    unit: 'ms',
    doc: 'Time between two exports of metrics',
    file: 'meter_provider.readers[].periodic.interval',
  }),
  OTEL_METRIC_EXPORT_TIMEOUT: setting({
    rule: timeout,
    default: 30_000,
    unit: 'ms',
    doc: 'Longest time one export of metrics may take, at most the interval',
    file: 'meter_provider.readers[].periodic.timeout',
  }),
  OTEL_EXPORTER_PROMETHEUS_HOST: setting({
    rule: host,
    fallback: 'loopback, or all interfaces in a container',
    doc: 'Address the admin server listens on',
    file: 'meter_provider.readers[].pull.exporter.prometheus/development.host',
  }),
  OTEL_EXPORTER_PROMETHEUS_PORT: setting({
    rule: port,
    default: 9464,
    doc: 'Port of the admin server; 0 takes any free one',
    file: 'meter_provider.readers[].pull.exporter.prometheus/development.port',
  }),
  FIRSTLIGHT_METRICS_SLOW_QUERY: setting({
    rule: delay,
    default: 1000,
    unit: 'ms',
    doc: 'How long a statement may take; longer ones count in `db_slow_queries_total`',
    file: 'distribution.firstlight.metrics_slow_query',
  }),
  OTEL_NODE_EXPERIMENTAL_SDK_METRICS: setting({
    rule: flag,
    default: false,
    doc: 'Metrics of the SDK about itself (`otel.sdk.*`)',
    file: 'distribution.firstlight.node_experimental_sdk_metrics',
  }),
  OTEL_METRICS_EXEMPLAR_FILTER: setting({
    rule: oneOf(['always_on', 'always_off', 'trace_based']),
    default: 'trace_based',
    doc: 'Which measurements may become exemplars on `/metrics`: those of sampled traces, all, or none',
    file: 'meter_provider.exemplar_filter',
  }),
  FIRSTLIGHT_METRIC_NAMES: setting({
    rule: listOf(['semconv', 'guide']),
    default: ['semconv', 'guide'],
    doc: 'Names under which `/metrics` has what Firstlight measures: those of the semantic conventions, and those that dashboards and alerts are usually written for (`http_requests_total`)',
    file: 'distribution.firstlight.metric_names',
  }),
  FIRSTLIGHT_PROMETHEUS_TRANSLATION: setting({
    rule: oneOf(TRANSLATIONS, {
      underscoreescapingwithsuffixes: 'underscore_escaping_with_suffixes',
      underscoreescapingwithoutsuffixes: 'underscore_escaping_without_suffixes',
      noutf8escapingwithsuffixes: 'no_utf8_escaping_with_suffixes',
      notranslation: 'no_translation',
    }),
    default: 'underscore_escaping_with_suffixes',
    doc: 'How names become those of Prometheus, by the translation strategies of the specification',
    file: 'meter_provider.readers[].pull.exporter.prometheus/development.translation_strategy',
  }),
  FIRSTLIGHT_PROMETHEUS_SCOPE_LABELS: setting({
    rule: flag,
    default: true,
    doc: 'Whether every series on `/metrics` says by `otel_scope_name` what it was measured by',
    file: 'meter_provider.readers[].pull.exporter.prometheus/development.scope_info_enabled',
  }),
  FIRSTLIGHT_PROMETHEUS_RESOURCE_LABELS: setting({
    rule: list,
    default: [],
    doc: 'Resource attributes that are labels of every series on `/metrics`; `*` stands for any characters (`service.name,k8s.*`)',
    file: 'meter_provider.readers[].pull.exporter.prometheus/development.resource_constant_labels',
  }),
  FIRSTLIGHT_APDEX_THRESHOLD: setting({
    rule: integer(1, 600_000, 'milliseconds'),
    default: 500,
    unit: 'ms',
    doc: 'How long an answer may take to satisfy (`apdex_score`); up to four times as long is tolerated',
    file: 'distribution.firstlight.apdex_threshold',
  }),
  FIRSTLIGHT_SLO_AVAILABILITY: setting({
    rule: percentage,
    fallback: 'no objective',
    doc: 'Objective: the share of server requests that do not fail with 5xx (`99.9`); it becomes the `slo_*` metrics',
    file: 'distribution.firstlight.slo_availability',
  }),
  FIRSTLIGHT_SLO_LATENCY: setting({
    rule: latencyObjectives,
    fallback: 'no objective',
    doc: 'Objectives: the share of server requests that take at most so many milliseconds (`95:500,99:1000`)',
    file: 'distribution.firstlight.slo_latency',
  }),
} as const;

export const logs = {
  OTEL_LOGS_EXPORTER: setting({
    rule: listOf(['otlp', 'console']),
    default: ['otlp'],
    doc: 'Where log records go',
    file: 'logger_provider.processors',
  }),
  OTEL_BLRP_SCHEDULE_DELAY: setting({
    rule: delay,
    default: 1000,
    unit: 'ms',
    doc: 'Time between two exports of log records',
    file: 'logger_provider.processors[].batch.schedule_delay',
  }),
  OTEL_BLRP_EXPORT_TIMEOUT: setting({
    rule: timeout,
    default: 30_000,
    unit: 'ms',
    doc: 'Longest time one attempt to export log records may take',
    file: 'logger_provider.processors[].batch.export_timeout',
  }),
  OTEL_BLRP_MAX_QUEUE_SIZE: setting({
    rule: size,
    fallback: 'as many as FIRSTLIGHT_QUEUE_SIZE holds',
    unit: 'items',
    doc: 'Log records that wait for export; further ones are dropped and counted',
    file: 'logger_provider.processors[].batch.max_queue_size',
  }),
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: setting({
    rule: size,
    default: 512,
    unit: 'items',
    doc: 'Log records in one export, at most the size of the queue',
    file: 'logger_provider.processors[].batch.max_export_batch_size',
  }),
} as const;

/** Names of exporters the SDK no longer has: whoever still sets them waits for data in vain. */
export const retired = {
  OTEL_EXPERIMENTAL_CONFIG_FILE: setting({
    rule: text,
    doc: 'Earlier name of `OTEL_CONFIG_FILE`',
    ignored: 'use OTEL_CONFIG_FILE',
  }),
  OTEL_EXPORTER_ZIPKIN_ENDPOINT: setting({
    rule: httpUrl,
    doc: 'Where the Zipkin exporter sends',
    ignored: 'there is no Zipkin exporter: send OTLP to a collector that speaks Zipkin',
  }),
  OTEL_EXPORTER_ZIPKIN_TIMEOUT: setting({
    rule: count,
    unit: 'ms',
    doc: 'Timeout of the Zipkin exporter',
    ignored: 'there is no Zipkin exporter',
  }),
  OTEL_EXPORTER_ZIPKIN_PROTOCOL: setting({
    rule: text,
    doc: 'Encoding of the Zipkin exporter',
    ignored: 'there is no Zipkin exporter',
  }),
  OTEL_EXPORTER_JAEGER_ENDPOINT: setting({
    rule: text,
    doc: 'Where the Jaeger exporter sends',
    ignored: 'there is no Jaeger exporter: Jaeger takes OTLP',
  }),
  OTEL_EXPORTER_JAEGER_AGENT_HOST: setting({
    rule: text,
    doc: 'Host of the Jaeger agent',
    ignored: 'there is no Jaeger exporter: Jaeger takes OTLP',
  }),
  OTEL_EXPORTER_JAEGER_AGENT_PORT: setting({
    rule: text,
    doc: 'Port of the Jaeger agent',
    ignored: 'there is no Jaeger exporter: Jaeger takes OTLP',
  }),
} as const;
