import type { Attributes } from '@opentelemetry/api';
import * as diag from '../diag.ts';

/** A metric that has reached the limit of its series: one line that names it, and the attribute that has grown. */
export function reportOverflow(metric: string, series: readonly Attributes[]): void {
  const [key, values] = mostValues(series);
  const grown = key === undefined ? '' : `: attribute ${key} has ${values} values`;
  diag.limited(
    `overflow of ${metric}`,
    `metric ${metric} has reached its limit of ${series.length} series${grown}; further ones count as otel.metric.overflow`,
  );
}

function mostValues(series: readonly Attributes[]): readonly [key: string | undefined, values: number] {
  const values = new Map<string, Set<unknown>>();
  for (const attributes of series) {
    for (const [key, value] of Object.entries(attributes)) {
      const known = values.get(key);
      if (known === undefined) values.set(key, new Set([value]));
      else known.add(value);
    }
  }
  let most: readonly [string | undefined, number] = [undefined, 0];
  for (const [key, { size }] of values) if (size > most[1]) most = [key, size];
  return most;
}
