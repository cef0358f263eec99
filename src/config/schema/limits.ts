import { count } from '../rules.ts';
import { setting } from '../setting.ts';

const COUNT = 128;

export const limits = {
  OTEL_ATTRIBUTE_COUNT_LIMIT: setting({
    rule: count,
    default: COUNT,
    unit: 'items',
    doc: 'Attributes of a span or a log record',
    file: 'attribute_limits.attribute_count_limit',
  }),
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: setting({
    rule: count,
    fallback: 'no limit',
    unit: 'characters',
    doc: 'Length of the value of an attribute of a span or a log record; longer ones are cut',
    file: 'attribute_limits.attribute_value_length_limit',
  }),
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: setting({
    rule: count,
    default: COUNT,
    inherits: 'OTEL_ATTRIBUTE_COUNT_LIMIT',
    unit: 'items',
    doc: 'Attributes of a span',
    file: 'tracer_provider.limits.attribute_count_limit',
  }),
  OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: setting({
    rule: count,
    inherits: 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    fallback: 'no limit',
    unit: 'characters',
    doc: 'Length of the value of an attribute of a span',
    file: 'tracer_provider.limits.attribute_value_length_limit',
  }),
  OTEL_SPAN_EVENT_COUNT_LIMIT: setting({
    rule: count,
    default: COUNT,
    unit: 'items',
    doc: 'Events of a span',
    file: 'tracer_provider.limits.event_count_limit',
  }),
  OTEL_SPAN_LINK_COUNT_LIMIT: setting({
    rule: count,
    default: COUNT,
    unit: 'items',
    doc: 'Links of a span',
    file: 'tracer_provider.limits.link_count_limit',
  }),
  OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT: setting({
    rule: count,
    default: COUNT,
    unit: 'items',
    doc: 'Earlier name of `OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT`',
  }),
  OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: setting({
    rule: count,
    default: COUNT,
    inherits: 'OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT',
    unit: 'items',
    doc: 'Attributes of an event of a span',
    file: 'tracer_provider.limits.event_attribute_count_limit',
  }),
  OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT: setting({
    rule: count,
    default: COUNT,
    unit: 'items',
    doc: 'Earlier name of `OTEL_LINK_ATTRIBUTE_COUNT_LIMIT`',
  }),
  OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: setting({
    rule: count,
    default: COUNT,
    inherits: 'OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT',
    unit: 'items',
    doc: 'Attributes of a link of a span',
    file: 'tracer_provider.limits.link_attribute_count_limit',
  }),
  OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: setting({
    rule: count,
    default: COUNT,
    inherits: 'OTEL_ATTRIBUTE_COUNT_LIMIT',
    unit: 'items',
    doc: 'Attributes of a log record',
    file: 'logger_provider.limits.attribute_count_limit',
  }),
  OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: setting({
    rule: count,
    inherits: 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    fallback: 'no limit',
    unit: 'characters',
    doc: 'Length of the value of an attribute of a log record',
    file: 'logger_provider.limits.attribute_value_length_limit',
  }),
} as const;
