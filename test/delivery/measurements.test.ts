import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import { createLedger } from '../../src/delivery/ledger.ts';
import { createMeasurements } from '../../src/delivery/measurements.ts';
import { otlp } from '../signals/plans.ts';

class Scraped extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

function measured() {
  const measurements = createMeasurements();
  const ledger = createLedger();
  const attempt = measurements.observe({ signal: 'traces', plan: otlp('http://a/v1/traces') }, ledger);
  const reader = new Scraped();
  measurements.start(new MeterProvider({ readers: [reader] }));
  const values = async (): Promise<Record<string, unknown>> => {
    const { resourceMetrics } = await reader.collect();
    return Object.fromEntries(
      resourceMetrics.scopeMetrics
        .flatMap(({ metrics }) => metrics)
        .flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => [
            [descriptor.name.replace('otel.sdk.', ''), attributes['error.type']].filter(Boolean).join(' '),
            value,
          ]),
        ),
    );
  };
  return { ledger, attempt, values };
}

test('what ended is what was done with, what waits and what is under way', async () => {
  const { ledger, values } = measured();
  ledger.take(100);
  ledger.turnAway('queue_full', 7);
  ledger.underWay = 30;
  ledger.settle(20, { kind: 'delivered', rejected: 5 });
  ledger.drop('expired', 10);
  expect(await values()).toEqual({
    'exporter.span.exported': 15,
    'exporter.span.exported rejected': 5,
    'exporter.span.exported expired': 10,
    'exporter.span.inflight': 30,
    'processor.span.processed': 30,
    'processor.span.processed queue_full': 7,
    'processor.span.queue.size': 40,
  });
});

test('counters never go back, although what failed waits again', async () => {
  const { ledger, values } = measured();
  ledger.take(512);
  const seen: unknown[] = [];
  for (const underWay of [0, 512, 0, 512, 0]) {
    ledger.underWay = underWay;
    seen.push((await values())['processor.span.processed']);
  }
  expect(seen).toEqual([0, 0, 0, 0, 0]);
});

test('attempts are timed, by what they failed with', async () => {
  const { attempt, values } = measured();
  attempt(0.01, undefined);
  attempt(10, 'slow');
  expect(await values()).toMatchObject({
    'exporter.operation.duration': { count: 1, sum: 0.01 },
    'exporter.operation.duration slow': { count: 1, sum: 10 },
  });
});
