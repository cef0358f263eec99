/**
 * The ledgers as metrics, with nothing to switch on. Names are the specification's where it has one.
 * https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/
 */
import type { Attributes, Histogram, MeterProvider, ObservableResult } from '@opentelemetry/api';
import type { MetricName } from '../metrics/catalogue.ts';
import { histogram, observable } from '../metrics/instrument.ts';
import type { DropReason, Ledger } from './ledger.ts';
import type { Destination, Signal } from './transport.ts';

/** What the items are called in the names of metrics. */
const ITEM = { traces: 'span', logs: 'log', metrics: 'metric_data_point' } as const;
/** Dropped before they were ready to be sent. */
const BEFORE_EXPORT: ReadonlySet<DropReason> = new Set(['queue_full', 'encoding_failed', 'already_shutdown']);

interface Account {
  readonly ledger: Ledger;
  readonly processor: Attributes;
  readonly exporter: Attributes;
}

export interface Measurements {
  /** Returns what is to be told of every attempt: how long it took, in seconds, and what it failed with. */
  observe(destination: Destination, ledger: Ledger): (seconds: number, error: string | undefined) => void;
  start(meters: MeterProvider): void;
}

export function createMeasurements(): Measurements {
  const accounts: Record<Signal, Account[]> = { traces: [], metrics: [], logs: [] };
  let durations: Histogram | undefined;

  return {
    observe(destination, ledger) {
      const { signal } = destination;
      const of = accounts[signal];
      const type = `batching_${ITEM[signal]}_processor`;
      const exporter = exporterOf(destination, of.length);
      const processor = { 'otel.component.type': type, 'otel.component.name': `${type}/${of.length}` };
      of.push({ ledger, processor, exporter });
      return (seconds, error) =>
        durations?.record(seconds, error === undefined ? exporter : { ...exporter, 'error.type': error });
    },
    start(meters) {
      const meter = meters.getMeter('firstlight', FIRSTLIGHT_VERSION);
      durations = histogram(meter, 'otel.sdk.exporter.operation.duration');
      for (const signal of ['traces', 'logs', 'metrics'] as const) {
        const each = (name: MetricName, observe: (account: Account, result: ObservableResult) => void): void =>
          observable(meter, name).addCallback((result) => {
            for (const account of accounts[signal]) observe(account, result);
          });

        each(`otel.sdk.exporter.${ITEM[signal]}.exported`, ({ ledger, exporter }, result) => {
          result.observe(ledger.delivered, exporter);
          for (const [reason, items] of ledger.dropped) {
            if (!BEFORE_EXPORT.has(reason)) result.observe(items, { ...exporter, 'error.type': reason });
          }
        });
        each(`otel.sdk.exporter.${ITEM[signal]}.inflight`, ({ ledger, exporter }, result) =>
          // Of metrics all that wait are with the exporter.
          result.observe(signal === 'metrics' ? ledger.queued : ledger.underWay, exporter),
        );
        if (signal === 'metrics') {
          each('firstlight.metric.collections', ({ ledger: { requests }, exporter }, result) => {
            result.observe(requests.delivered, exporter);
            if (requests.failed > 0) result.observe(requests.failed, { ...exporter, 'error.type': 'dropped' });
          });
          continue;
        }
        each(`otel.sdk.processor.${ITEM[signal]}.processed`, ({ ledger, processor }, result) => {
          let handedOn = ledger.ended - ledger.queued;
          for (const [reason, items] of ledger.dropped) {
            if (!BEFORE_EXPORT.has(reason)) continue;
            handedOn -= items;
            result.observe(items, { ...processor, 'error.type': reason });
          }
          result.observe(handedOn, processor);
        });
        each(`otel.sdk.processor.${ITEM[signal]}.queue.size`, ({ ledger, processor }, result) =>
          result.observe(ledger.queued - ledger.underWay, processor),
        );
      }
    },
  };
}

function exporterOf({ signal, plan }: Destination, index: number): Attributes {
  const item = signal === 'metrics' ? 'metric' : ITEM[signal];
  const transport = { grpc: 'grpc', 'http/protobuf': 'http', 'http/json': 'http_json' }[plan.protocol];
  const type = `otlp_${transport}_${item}_exporter`;
  return { 'otel.component.type': type, 'otel.component.name': `${type}/${index}` };
}
