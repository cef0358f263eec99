import { integer, LONGEST, matching, oneOf } from '../rules.ts';
import { setting } from '../setting.ts';
import { statsdAddress } from '../statsd-address.ts';

export const statsd = {
  FIRSTLIGHT_STATSD_ADDRESS: setting({
    rule: statsdAddress,
    fallback: 'none',
    doc: 'The StatsD server that all metrics are sent to over UDP, whatever `OTEL_METRICS_EXPORTER` says; the port is 8125 where none is named',
    file: 'distribution.firstlight.statsd_address',
  }),
  FIRSTLIGHT_STATSD_PREFIX: setting({
    rule: matching(/^[\w-]+(?:\.[\w-]+)*$/, 'letters, digits, _ and -, in parts separated by dots'),
    fallback: 'none',
    doc: 'What every name begins with, before a dot (`myapp`)',
    file: 'distribution.firstlight.statsd_prefix',
  }),
  FIRSTLIGHT_STATSD_TAGS: setting({
    rule: oneOf(['none', 'dogstatsd']),
    default: 'none',
    doc: 'Attributes as tags (`|#key:value`), which not every server understands; with `none` they are parts of the name',
    file: 'distribution.firstlight.statsd_tags',
  }),
  FIRSTLIGHT_STATSD_INTERVAL: setting({
    rule: integer(100, LONGEST, 'milliseconds'),
    default: 10_000,
    unit: 'ms',
    doc: 'Time between two sendings; that of the server',
    file: 'distribution.firstlight.statsd_interval',
  }),
} as const;
