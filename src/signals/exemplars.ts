/**
 * Exemplars, which the SDK does not have: the last measurement of each bucket that was made within a sampled trace.
 * https://opentelemetry.io/docs/specs/otel/metrics/sdk/#exemplar
 */
import { context, ROOT_CONTEXT, trace, TraceFlags, type Context, type SpanContext } from '@opentelemetry/api';
import type { Exemplar } from '../collected.ts';
import type { Exemplars } from '../exemplars.ts';

export type ExemplarFilter = 'always_on' | 'always_off' | 'trace_based';

/** The span of a measurement that may become an exemplar; undefined for any other. */
export type Noting = (given: Context | undefined) => SpanContext | undefined;

/** Of a measurement outside of any trace. */
const NO_SPAN: SpanContext = { traceId: '', spanId: '', traceFlags: TraceFlags.NONE };

/** Undefined where there are none at all. */
export function notingBy(filter: ExemplarFilter): Noting | undefined {
  if (filter === 'always_off') return undefined;
  if (filter === 'always_on') return (given) => trace.getSpanContext(given ?? context.active()) ?? NO_SPAN;
  return (given) => {
    const at = given ?? context.active();
    const span = at === ROOT_CONTEXT ? undefined : trace.getSpanContext(at);
    return span !== undefined && (span.traceFlags & TraceFlags.SAMPLED) !== 0 ? span : undefined;
  };
}

/** On the SDK's accumulations. */
const EXEMPLARS = Symbol('firstlight.exemplars');

interface Accumulation {
  /** Of a sum. */
  readonly monotonic?: boolean;
  /** Of a histogram with explicit bounds. */
  readonly _boundaries?: readonly number[];
  /** Of an exponential histogram. */
  readonly _zeroCount?: number;
  [EXEMPLARS]?: (Slot | undefined)[];
}

type Slot = { -readonly [K in keyof Exemplar]: Exemplar[K] };

/** Of an exponential histogram, whose buckets change: the last of as many. */
const OF_EXPONENTIAL = 8;

/** Called by the SDK with every measurement that `Noting` lets through, so nothing is made but the first of a bucket. */
export function noteExemplar(
  accumulation: Accumulation | undefined,
  value: number,
  { traceId, spanId }: SpanContext,
  time: number,
): void {
  if (accumulation === undefined) return;
  const index = slotOf(accumulation, value);
  if (index < 0) return;
  const slots = (accumulation[EXEMPLARS] ??= []);
  const slot = slots[index];
  if (slot === undefined) {
    slots[index] = { value, time, traceId, spanId };
    return;
  }
  slot.value = value;
  slot.time = time;
  slot.traceId = traceId;
  slot.spanId = spanId;
}

/** Prometheus takes exemplars of counters and histograms alone: -1 for anything else. */
function slotOf({ monotonic, _boundaries: bounds, _zeroCount: zeroCount }: Accumulation, value: number): number {
  if (bounds !== undefined) {
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (bounds[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  if (zeroCount !== undefined) return Math.abs(Math.trunc(Math.log2(Math.abs(value) || 1))) % OF_EXPONENTIAL;
  return monotonic === true ? 0 : -1;
}

export const exemplarsOf = (accumulation: object): Exemplars | undefined => (accumulation as Accumulation)[EXEMPLARS];
