/**
 * How the SDK keeps what is measured where all who read it want cumulative values: in place. By itself it puts aside what it
 * has at every collection and adds it up for each reader anew: every series is looked up and copied at every scrape, its
 * limit holds only until the next collection, and for a reader that never comes everything is kept. `tools/upstream.ts`
 * calls this from the SDK's storages.
 */
import type { Context, SpanContext } from '@opentelemetry/api';
import { AggregationTemporality, type InstrumentType, type MetricData } from '@opentelemetry/sdk-metrics';
import type { Marks } from '../collected.ts';
import { exemplarsOf, type Noting } from './exemplars.ts';
import { reportOverflow } from './overflow.ts';

type Time = MetricData['dataPoints'][number]['endTime'];
type Attributes = MetricData['dataPoints'][number]['attributes'];

/** What is private to `@opentelemetry/sdk-metrics` and used here. */
interface Aggregator {
  createAccumulation(start: Time): Accumulation | undefined;
  toMetricData(
    descriptor: MetricData['descriptor'],
    temporality: AggregationTemporality,
    records: readonly (readonly [Attributes, Accumulation])[],
    time: Time,
  ): MetricData | undefined;
}

interface Accumulation {
  record(value: number): void;
}

interface AttributeMap {
  readonly size: number;
  has(attributes: Attributes, hash?: string): boolean;
  get(attributes: Attributes, hash?: string): Accumulation | undefined;
  set(attributes: Attributes, accumulation: Accumulation, hash?: string): void;
  entries(): Iterable<readonly [Attributes, Accumulation, hash: string]>;
}

interface Collector {
  selectAggregationTemporality(type: InstrumentType): AggregationTemporality;
  readonly _metricReader: { readonly noting?: Noting };
}

interface Storage {
  readonly _instrumentDescriptor: MetricData['descriptor'] & { readonly type: InstrumentType };
  readonly _deltaMetricStorage: {
    readonly _activeCollectionStorage: AttributeMap;
    readonly _cardinalityLimit: number;
    readonly _overflowAttributes: Attributes;
    readonly _overflowHashCode: string;
    collect(): AttributeMap;
  };
}

export interface InPlace {
  /** The span of which a measurement becomes an exemplar; undefined where it does not. */
  spanOf(given: Context | undefined): SpanContext | undefined;
  collect(time: Time): MetricData | undefined;
  /** What a callback has observed. Of one that has failed the last observations stay. */
  observe(observed: { entries(): Iterable<readonly [Attributes, number, hash?: string]> }, time: Time): void;
}

/** Undefined where somebody wants what has changed since he asked last: then the SDK does as it does. */
export function keptInPlace(
  storage: Storage,
  aggregator: Aggregator,
  collectors: readonly Collector[],
): InPlace | undefined {
  const { type } = storage._instrumentDescriptor;
  const isCumulative = (collector: Collector): boolean =>
    collector.selectAggregationTemporality(type) === AggregationTemporality.CUMULATIVE;
  if (!collectors.every(isCumulative)) return undefined;

  const kept = storage._deltaMetricStorage;
  const noting = collectors.find((collector) => collector._metricReader.noting !== undefined)?._metricReader.noting;
  let start: Time | undefined;
  let observedAt: Time | undefined;
  let isFull = false;

  return {
    spanOf: (given) => noting?.(given),
    collect(time) {
      const records = [...kept._activeCollectionStorage.entries()];
      if (records.length === 0) return undefined;
      const metric = aggregator.toMetricData(
        storage._instrumentDescriptor,
        AggregationTemporality.CUMULATIVE,
        records as never,
        time,
      );
      metric?.dataPoints.forEach((point, index) => mark(point, records[index]!, noting !== undefined));
      if (!isFull && records.length > kept._cardinalityLimit) {
        isFull = true;
        reportOverflow(
          storage._instrumentDescriptor.name,
          records.map(([attributes]) => attributes),
        );
      }
      return metric;
    },
    observe(observed, time) {
      // All callbacks of one collection say the same time; a series that none of them observes any more is gone. Collections
      // of several readers may run at once: what comes late for an older one takes nothing away.
      if (observedAt === undefined || isBefore(observedAt, time)) {
        kept.collect();
        observedAt = time;
      }
      start ??= time;
      const map = kept._activeCollectionStorage;
      for (const [attributes, value, hash] of observed.entries()) {
        const isWithin = map.size < kept._cardinalityLimit || map.has(attributes, hash);
        if (isWithin) put(map, attributes, hash, value, undefined);
        else
          put(
            map,
            kept._overflowAttributes,
            kept._overflowHashCode,
            value,
            map.get(kept._overflowAttributes, kept._overflowHashCode),
          );
      }
    },
  };

  function put(
    map: AttributeMap,
    attributes: Attributes,
    hash: string | undefined,
    value: number,
    onto: Accumulation | undefined,
  ): void {
    const accumulation = onto ?? aggregator.createAccumulation(start!);
    accumulation?.record(value);
    if (accumulation !== undefined) map.set(attributes, accumulation, hash);
  }
}

const isBefore = ([second, nano]: Time, [otherSecond, otherNano]: Time): boolean =>
  second < otherSecond || (second === otherSecond && nano < otherNano);

function mark(
  point: MetricData['dataPoints'][number],
  [, accumulation, series]: readonly [Attributes, Accumulation, string],
  hasExemplars: boolean,
): void {
  const marks = point as { -readonly [K in keyof Marks]: Marks[K] };
  marks.series = series;
  const exemplars = hasExemplars ? exemplarsOf(accumulation) : undefined;
  if (exemplars !== undefined) marks.exemplars = exemplars;
}
