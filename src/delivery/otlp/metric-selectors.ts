import {
  AggregationTemporality,
  AggregationType,
  InstrumentType,
  type AggregationOption,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import type { OtlpExporterPlan } from '../../config/pipeline.ts';

type Selectors = Required<Pick<PushMetricExporter, 'selectAggregation' | 'selectAggregationTemporality'>>;

/**
 * Which instruments report what changed since the last export, and not their sum since the start.
 * https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/
 */
const DELTA: Readonly<Record<NonNullable<OtlpExporterPlan['temporality']>, readonly InstrumentType[]>> = {
  cumulative: [],
  delta: [
    InstrumentType.COUNTER,
    InstrumentType.OBSERVABLE_COUNTER,
    InstrumentType.HISTOGRAM,
    InstrumentType.GAUGE,
    InstrumentType.OBSERVABLE_GAUGE,
  ],
  lowmemory: [InstrumentType.COUNTER, InstrumentType.HISTOGRAM],
};

const DEFAULT: AggregationOption = { type: AggregationType.DEFAULT };
const EXPONENTIAL: AggregationOption = { type: AggregationType.EXPONENTIAL_HISTOGRAM };

/** What the plan of an OTLP exporter decides about each instrument. */
export function selectors({ temporality = 'cumulative', histogramAggregation }: OtlpExporterPlan): Selectors {
  const histogram = histogramAggregation === 'base2_exponential_bucket_histogram' ? EXPONENTIAL : DEFAULT;
  return {
    selectAggregation: (type) => (type === InstrumentType.HISTOGRAM ? histogram : DEFAULT),
    selectAggregationTemporality: (type) =>
      DELTA[temporality].includes(type) ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
  };
}
