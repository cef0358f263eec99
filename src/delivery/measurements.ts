/**
 * The ledgers as metrics, with nothing to switch on. Names are the specification's where it has one.
 * https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/
 */
import type { Attributes, Histogram, MeterProvider, ObservableResult } from '@opentelemetry/api';
import type { DropReason, Ledger } from './ledger.ts';
import type { Destination, Signal } from './transport.ts';

/** What the items are called in the names of metrics. */
const ITEM: Readonly<Record<Signal, string>> = { traces: 'span', logs: 'log', metrics: 'metric_data_point' };
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
      durations = meter.createHistogram('otel.sdk.exporter.operation.duration', {
        unit: 's',
        description: 'Duration of the attempts to send a batch; error.type says what those that failed failed with',
        advice: { explicitBucketBoundaries: [0.005, 0.025, 0.1, 0.5, 2.5, 10] },
      });
      for (const signal of ['traces', 'logs', 'metrics'] as const) {
        const item = ITEM[signal];
        const unit = signal === 'metrics' ? '{data_point}' : signal === 'logs' ? '{log_record}' : '{span}';
        const each =
          (observe: (account: Account, result: ObservableResult) => void) =>
          (result: ObservableResult): void => {
            for (const account of accounts[signal]) observe(account, result);
          };
        const counter = (name: string, description: string, observe: Parameters<typeof each>[0]): void =>
          meter.createObservableCounter(name, { unit, description }).addCallback(each(observe));
        const current = (name: string, description: string, observe: Parameters<typeof each>[0]): void =>
          meter.createObservableUpDownCounter(name, { unit, description }).addCallback(each(observe));

        counter(
          `otel.sdk.exporter.${item}.exported`,
          'Delivered, or with an error.type given up',
          ({ ledger, exporter }, result) => {
            result.observe(ledger.delivered, exporter);
            for (const [reason, items] of ledger.dropped) {
              if (!BEFORE_EXPORT.has(reason)) result.observe(items, { ...exporter, 'error.type': reason });
            }
          },
        );
        current(`otel.sdk.exporter.${item}.inflight`, 'Sent and not answered yet', ({ ledger, exporter }, result) =>
          // Of metrics all that wait are with the exporter.
          result.observe(signal === 'metrics' ? ledger.queued : ledger.underWay, exporter),
        );
        if (signal === 'metrics') {
          const description = 'Collections of metrics that were sent, or with an error.type given up';
          const collections = meter.createObservableCounter('firstlight.metric.collections', {
            unit: '{collection}',
            description,
          });
          collections.addCallback(
            each(({ ledger: { requests }, exporter }, result) => {
              result.observe(requests.delivered, exporter);
              if (requests.failed > 0) result.observe(requests.failed, { ...exporter, 'error.type': 'dropped' });
            }),
          );
          continue;
        }
        counter(
          `otel.sdk.processor.${item}.processed`,
          'Ended and done with, or with an error.type dropped before',
          ({ ledger, processor }, result) => {
            let handedOn = ledger.ended - ledger.queued;
            for (const [reason, items] of ledger.dropped) {
              if (!BEFORE_EXPORT.has(reason)) continue;
              handedOn -= items;
              result.observe(items, { ...processor, 'error.type': reason });
            }
            result.observe(handedOn, processor);
          },
        );
        current(`otel.sdk.processor.${item}.queue.size`, 'Waiting to be sent', ({ ledger, processor }, result) =>
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
