/** Names that settings are checked against and that are looked up elsewhere: each list stands here alone. */

export const LOG_LEVELS = ['none', 'error', 'warn', 'info', 'debug', 'verbose'] as const;

/** https://opentelemetry.io/docs/specs/otel/context/api-propagators/#propagators-distribution */
export const PROPAGATORS = ['tracecontext', 'baggage', 'b3', 'b3multi', 'jaeger', 'xray', 'ottrace'] as const;

/** Resource detectors that ask nothing but this machine. */
export const DETECTORS = ['env', 'host', 'os', 'process', 'serviceinstance', 'container', 'k8s'] as const;

/** These ask the network, so they must be named: `all` means the others. */
export const CLOUDS = ['alibaba', 'aws', 'azure', 'gcp'] as const;

/**
 * How names become Prometheus'.
 * https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/prometheus/#configuration
 */
export const TRANSLATIONS = [
  'underscore_escaping_with_suffixes',
  'underscore_escaping_without_suffixes',
  'no_utf8_escaping_with_suffixes',
  'no_translation',
] as const;
