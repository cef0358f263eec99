/**
 * All that leaves by OTLP: what ends is encoded, queued as bytes, sent, counted, and handed over at the end of the process.
 * One lane for each signal and destination.
 */
import { context, ROOT_CONTEXT, type MeterProvider } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { loadChunk } from '../chunk.ts';
import type { Component } from '../component.ts';
import type { OtlpBatchPlan, OtlpExporterPlan } from '../config/pipeline.ts';
import type { Account, Accounts } from '../instance.ts';
import * as diag from '../diag.ts';
import { accountOf, ITEMS, lossOf } from './accounts.ts';
import { createBatcher, type Batcher } from './batcher.ts';
import { createLane, type Lane } from './lane.ts';
import { createLedger } from './ledger.ts';
import { createMeasurements } from './measurements.ts';
import { createFaultReports } from './fault-report.ts';
import { createMetricExporter } from './metric-exporter.ts';
import type { OpenBatch } from './otlp/encoding.ts';
import { jsonLogs, jsonSpans } from './otlp/json.ts';
import { protobufLogs, protobufSpans } from './otlp/protobuf.ts';
import type { Way } from './spool/names.ts';
import type { Spool } from './spool/spool.ts';
import type { Destination, Signal, Transport } from './transport.ts';

export interface DeliveryOptions {
  /** Bytes that may wait in each lane. */
  readonly queueSize: number;
  /** Milliseconds after which what waits is given up. */
  readonly maxAge: number;
  /** Milliseconds a request under way may keep the process. */
  readonly hold: number;
}

export interface OtlpDelivery extends Component {
  spanProcessor(plan: OtlpBatchPlan, resource: Resource): SpanProcessor;
  logRecordProcessor(plan: OtlpBatchPlan, resource: Resource): LogRecordProcessor;
  metricExporter(plan: OtlpExporterPlan): PushMetricExporter;
  accounts(): Accounts;
  /** Keeps on disk what waits, from here on, and for so many milliseconds. */
  keepIn(spool: Spool, maxAge: number): void;
  /** All lanes are there: serves their accounts as metrics, and sends what earlier processes have left. */
  begin(meters: MeterProvider): void;
  /** The process ends. What was lost, as half a sentence; undefined where nothing was. */
  end(): string | undefined;
}

export function createDelivery({ queueSize, maxAge, hold }: DeliveryOptions): OtlpDelivery {
  const lanes: Lane[] = [];
  const batchers: Batcher<never>[] = [];
  const lanesOf = (signal: Signal): Lane[] => lanes.filter(({ destination }) => destination.signal === signal);
  const isIdle = (): boolean => lanes.every(({ ledger }) => ledger.ended === 0);
  const reportsOf = createFaultReports();
  const measurements = createMeasurements();
  let spool: Spool | undefined;
  let age = maxAge;

  const openLane = (signal: Signal, plan: OtlpExporterPlan, exportTimeout = Infinity): Lane => {
    const destination: Destination = { signal, plan };
    const way: Way = { signal, lane: lanesOf(signal).length, encoding: encodingOf(plan) };
    const ledger = createLedger();
    const kept = spool;
    const lane = createLane({
      destination,
      ledger,
      maxBytes: queueSize,
      maxAge: age,
      hold,
      inOrder: signal === 'metrics',
      keep: kept && ((items, body) => kept.keep(way, items, body)),
      connect: () => untraced(connect(destination, Math.min(plan.timeout, exportTimeout))),
      report: reportsOf(destination),
      measured: measurements.observe(destination, ledger),
    });
    lanes.push(lane);
    return lane;
  };

  /** What processors of spans and of log records have in common. */
  const openBatcher = <Item>(signal: Signal, open: () => OpenBatch<Item>, plan: OtlpBatchPlan, resource: Resource) => {
    const items = ITEMS[signal];
    const lane = openLane(signal, plan.exporter, plan.exportTimeout);
    const batcher = createBatcher(lane, {
      items,
      open,
      maxItems: plan.maxExportBatchSize,
      // What is not sealed is not on disk.
      delay: spool === undefined ? plan.scheduleDelay : Math.min(plan.scheduleDelay, LONGEST_UNKEPT),
      maxQueue: plan.maxQueueSize,
      isReady: readiness(resource),
      onFull() {
        const bound =
          plan.maxQueueSize === undefined
            ? `FIRSTLIGHT_QUEUE_SIZE, ${queueSize} bytes`
            : `OTEL_${signal === 'logs' ? 'BLRP' : 'BSP'}_MAX_QUEUE_SIZE, ${plan.maxQueueSize} items`;
        diag.limited(
          `queue full ${signal}`,
          `the queue of ${items} is full (${bound}): further ones are dropped and counted`,
        );
      },
    });
    batchers.push(batcher);
    const forceFlush = (): Promise<void> => {
      batcher.seal();
      return lane.flush();
    };
    return {
      add: batcher.add,
      forceFlush,
      async shutdown() {
        batcher.stop();
        await lane.flush().finally(lane.close);
      },
    };
  };

  return {
    name: 'delivery',
    spanProcessor(plan, resource) {
      const open = encodingOf(plan.exporter) === 'json' ? jsonSpans : protobufSpans;
      const { add, ...ends } = openBatcher('traces', () => open(resource), plan, resource);
      return {
        onStart() {},
        onEnd(span) {
          if ((span.spanContext().traceFlags & 1) === 1) add(span);
        },
        ...ends,
      };
    },
    logRecordProcessor(plan, resource) {
      const open = encodingOf(plan.exporter) === 'json' ? jsonLogs : protobufLogs;
      const { add, ...ends } = openBatcher('logs', () => open(resource), plan, resource);
      return { onEmit: add, ...ends };
    },
    metricExporter: (plan) => createMetricExporter(plan, openLane('metrics', plan), isIdle),
    pending() {
      for (const batcher of batchers) batcher.seal();
      return lanes.flatMap((lane) => lane.pending());
    },
    accounts() {
      const of = (signal: Signal): Account[] => lanesOf(signal).map(accountOf);
      return { traces: of('traces'), metrics: of('metrics'), logs: of('logs') };
    },
    keepIn(kept, spoolAge) {
      spool = kept;
      age = spoolAge;
    },
    begin(meters) {
      measurements.start(meters);
      // What nobody here can send stays, until it is too old.
      const laneOf = ({ signal, lane: place, encoding }: Way): Lane | undefined => {
        const lane = lanesOf(signal)[place];
        return lane && encodingOf(lane.destination.plan) === encoding ? lane : undefined;
      };
      spool?.adopt(
        (way) => laneOf(way) !== undefined,
        (found) => laneOf(found)?.adopt(found),
      );
    },
    shutdown: async () => spool?.close(),
    end() {
      spool?.end();
      const kept = spool === undefined ? 0 : lanes.reduce((sum, { ledger }) => sum + ledger.queued, 0);
      if (kept > 0) diag.info(`${kept} items that nobody took wait in the spool for the next process`);
      return lanes.flatMap((lane) => lossOf(lane) ?? []).join(', ') || undefined;
    },
  };
}

/** Milliseconds between the end of an item and its way to the disk, where there is a spool. */
const LONGEST_UNKEPT = 1000;

const encodingOf = ({ protocol }: OtlpExporterPlan): Way['encoding'] =>
  protocol === 'http/json' ? 'json' : 'protobuf';

/** Only the transport somebody asked for is loaded: gRPC alone is 65 modules. */
const connect = (destination: Destination, timeout: number): Transport =>
  destination.plan.protocol === 'grpc'
    ? loadChunk<typeof import('./transport-grpc.ts')>('transport-grpc').createGrpcTransport(destination, timeout)
    : loadChunk<typeof import('./transport-http.ts')>('transport-http').createHttpTransport(destination, timeout);

/** Our own exports are in nobody's trace, and none of the application's requests. */
const untraced = (transport: Transport): Transport => ({
  ...transport,
  send: (body) => context.with(suppressTracing(ROOT_CONTEXT), transport.send, undefined, body),
});

/** Detectors have an end of their own. */
function readiness(resource: Resource): () => boolean {
  void resource.waitForAsyncAttributes?.().catch(() => {});
  return () => resource.asyncAttributesPending !== true;
}
