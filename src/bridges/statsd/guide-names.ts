/**
 * The three names that teams know from their StatsD clients, beside those of OpenTelemetry: `api.requests`,
 * `api.<route>.<method>` and `queue.size`.
 */
import { DataPointType, type Histogram, type MetricData } from '@opentelemetry/sdk-metrics';
import { isWaiting, type MetricName } from '../../metrics/catalogue.ts';
import { counter, gauge, timer } from './line.ts';
import { labelOf, type Format } from './names.ts';
import { merged } from './representatives.ts';

const REQUESTS: MetricName = 'http.server.request.duration';
const DEPTH: MetricName = 'firstlight.queue.depth';

export function* guideLines(metric: MetricData, format: Format): Generator<string> {
  if (metric.descriptor.name === REQUESTS && metric.dataPointType === DataPointType.HISTOGRAM) {
    yield* requests(metric, format);
  }
  if (metric.descriptor.name === DEPTH && metric.dataPointType === DataPointType.GAUGE) yield* sizes(metric, format);
}

type Histograms = Extract<MetricData, { dataPointType: DataPointType.HISTOGRAM }>;
type Gauges = Extract<MetricData, { dataPointType: DataPointType.GAUGE }>;

function* requests({ dataPoints, descriptor }: Histograms, format: Format): Generator<string> {
  const all = new Map<string, { readonly tags: Record<string, string>; value: Histogram }>();
  for (const { attributes, value } of dataPoints) {
    const endpoint = String(attributes['http.route'] ?? 'unmatched');
    const method = String(attributes['http.request.method'] ?? 'unknown');
    // The status is told by the metric itself; percentiles of a route need all of its requests.
    const name = `api.${part(endpoint)}.${part(method)}`;
    const known = all.get(name);
    all.set(name, { tags: { endpoint, method }, value: known === undefined ? value : merged(known.value, value) });
  }
  for (const [name, { value }] of all) yield* timer(labelOf(name, {}, format), value, descriptor.unit, format);
  if (format.tags) {
    for (const { tags, value } of all.values()) yield* counter(labelOf('api.requests', tags, format), value.count);
    return;
  }
  let count = 0;
  for (const { value } of all.values()) count += value.count;
  yield* counter(labelOf('api.requests', {}, format), count);
}

function* sizes({ dataPoints }: Gauges, format: Format): Generator<string> {
  const waiting = dataPoints.filter(({ attributes }) => isWaiting(attributes['state']));
  if (waiting.length === 0) return;
  if (format.tags) {
    for (const { attributes, value } of waiting) yield* gauge(labelOf('queue.size', attributes, format), value);
    return;
  }
  let size = 0;
  for (const { value } of waiting) size += value;
  yield* gauge(labelOf('queue.size', {}, format), size);
}

/** `/users/:id` as `users_id`. */
const part = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '_')
    .replace(/^_|_$/g, '') || 'root';
