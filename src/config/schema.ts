import { delivery } from './schema/delivery.ts';
import { admin, general, instrumentation, resource } from './schema/general.ts';
import { limits } from './schema/limits.ts';
import { otlp } from './schema/otlp.ts';
import { server } from './schema/server.ts';
import { logs, metrics, retired, traces } from './schema/signals.ts';
import { statsd } from './schema/statsd.ts';
import type { Setting } from './setting.ts';

/** The one table of settings, by subject: parsing, types, defaults, `firstlight config` and the docs come from it. */
export const subjects = {
  General: general,
  Resource: resource,
  Traces: traces,
  Metrics: metrics,
  StatsD: statsd,
  Logs: logs,
  OTLP: otlp,
  Delivery: delivery,
  Limits: limits,
  'Server requests': server,
  Instrumentations: instrumentation,
  'Admin server': admin,
  'Without effect': retired,
} as const;

export const schema = {
  ...general,
  ...resource,
  ...traces,
  ...metrics,
  ...statsd,
  ...logs,
  ...otlp,
  ...delivery,
  ...limits,
  ...server,
  ...instrumentation,
  ...admin,
  ...retired,
} as const;

export type Name = keyof typeof schema;

/** The value of every setting, under the name of its variable. */
export type Settings = {
  readonly [N in Name]: (typeof schema)[N] extends Setting<infer T> ? T : never;
};

export const rows: ReadonlyMap<string, Setting<unknown>> = new Map<string, Setting<unknown>>(Object.entries(schema));
