import type { Attributes } from '@opentelemetry/api';
import {
  AggregationType,
  type AggregationOption,
  type IAttributesProcessor,
  type InstrumentType,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics';
import { keyMatcher } from '../config/key-patterns.ts';
import type { KeyPatterns, ViewPlan } from '../config/pipeline.ts';

/** https://opentelemetry.io/docs/specs/otel/metrics/sdk/#view */
export function viewOf({
  selector,
  name,
  description,
  aggregation,
  cardinalityLimit,
  attributeKeys,
}: ViewPlan): ViewOptions {
  const { instrumentName, instrumentType, unit, meterName, meterVersion, meterSchemaUrl } = selector;
  const selects = Object.keys(selector).length > 0;
  return {
    ...(instrumentName !== undefined && { instrumentName }),
    ...(!selects && { instrumentName: '*' }),
    ...(instrumentType !== undefined && { instrumentType: instrumentType.toUpperCase() as InstrumentType }),
    ...(unit !== undefined && { instrumentUnit: unit }),
    ...(meterName !== undefined && { meterName }),
    ...(meterVersion !== undefined && { meterVersion }),
    ...(meterSchemaUrl !== undefined && { meterSchemaUrl }),
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(aggregation !== undefined && { aggregation: aggregationOf(aggregation) }),
    ...(cardinalityLimit !== undefined && { aggregationCardinalityLimit: cardinalityLimit }),
    ...(attributeKeys !== undefined && { attributesProcessors: [keeping(attributeKeys)] }),
  };
}

const PLAIN = {
  default: AggregationType.DEFAULT,
  drop: AggregationType.DROP,
  last_value: AggregationType.LAST_VALUE,
  sum: AggregationType.SUM,
} as const;

/** https://opentelemetry.io/docs/specs/otel/metrics/sdk/#explicit-bucket-histogram-aggregation */
const BOUNDARIES = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];

function aggregationOf(plan: NonNullable<ViewPlan['aggregation']>): AggregationOption {
  if (plan.kind === 'explicit_bucket_histogram') {
    const { boundaries = BOUNDARIES, recordMinMax = true } = plan;
    return { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: [...boundaries], recordMinMax } };
  }
  if (plan.kind === 'base2_exponential_bucket_histogram') {
    const { maxSize = 160, recordMinMax = true } = plan;
    return { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize, recordMinMax } };
  }
  return { type: PLAIN[plan.kind] };
}

/** Attributes by patterns of their keys. */
function keeping(patterns: KeyPatterns): IAttributesProcessor {
  const isWanted = keyMatcher(patterns);
  return {
    process(attributes: Attributes): Attributes {
      const kept: Attributes = {};
      for (const key in attributes) if (isWanted(key)) kept[key] = attributes[key];
      return kept;
    },
  };
}
