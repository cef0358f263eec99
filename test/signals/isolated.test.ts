import { context, ROOT_CONTEXT, type Meter } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Component } from '../../src/component.ts';
import * as diag from '../../src/diag.ts';
import { createResource } from '../../src/resource/resource.ts';
import { guardMetrics } from '../../src/signals/guard/metrics.ts';
import { isolatedLogRecordProcessor, isolatedSpanProcessor } from '../../src/signals/isolated.ts';
import { createLogs } from '../../src/signals/logs.ts';
import { createTraces } from '../../src/signals/traces.ts';
import { batch, otlp, traces } from './plans.ts';

vi.mock('../../src/chunk.ts', () => import('../support/source-chunks.ts'));
vi.mock('../../src/diag.ts', { spy: true });
beforeEach(() => {
  vi.mocked(diag.limited).mockReset();
  vi.mocked(diag.warn).mockReset();
});
const lines = (): readonly string[] => vi.mocked(diag.limited).mock.calls.map(([, line]) => line);

/** What a hook may do that it should not. */
const FAULTS = {
  throws: (): never => {
    throw new Error('no');
  },
  'throws nothing': (): never => {
    throw undefined;
  },
  rejects: (): Promise<never> => Promise.reject(new Error('no')),
  'never settles': (): Promise<never> => new Promise(() => {}),
  'returns nothing': (): void => {},
} as const;
const faults = Object.entries(FAULTS);

/** A hook declared to return nothing may return a promise, and nobody looks at it. */
const quiet = (fault: () => unknown) => (): void => {
  const returned = fault();
  if (returned instanceof Promise) returned.catch(() => {});
};

const resource = resourceFromAttributes({ 'service.name': 'shop' });
const plans = [batch(otlp('http://127.0.0.1:1'))];
const ends = { forceFlush: async (): Promise<void> => {}, shutdown: async (): Promise<void> => {} };

function keptSpans(): { readonly spans: ReadableSpan[]; readonly processor: SpanProcessor } {
  const spans: ReadableSpan[] = [];
  return { spans, processor: { onStart() {}, onEnd: (span) => void spans.push(span), ...ends } };
}

function keptRecords(): { readonly records: ReadableLogRecord[]; readonly processor: LogRecordProcessor } {
  const records: ReadableLogRecord[] = [];
  return { records, processor: { onEmit: (record) => void records.push(record), ...ends } };
}

describe('span processors', () => {
  describe.each(['onStart', 'onEnding', 'onEnd'] as const)('%s', (hook) => {
    test.each(faults)('%s', (_what, fault) => {
      const { spans, processor } = keptSpans();
      const broken: SpanProcessor = { ...keptSpans().processor, [hook]: quiet(fault) };
      const parts: readonly Component[] = [{ name: 'broken part', spanProcessors: [broken] }];
      const { provider } = createTraces(traces(plans), resource, parts, () => processor);
      const span = provider.getTracer('test').startSpan('work');
      span.setAttribute('a', 1).end();
      expect(spans.map(({ name, attributes }) => [name, attributes])).toEqual([['work', { a: 1 }]]);
      expect(lines()).toEqual(fault === FAULTS.throws || fault === FAULTS['throws nothing'] ? [LINE_OF_SPAN] : []);
    });
  });

  test('hooks are called with what they were, on what has them', () => {
    const seen: unknown[] = [];
    class Counting {
      readonly id = 'own';
      onStart(...given: unknown[]): void {
        seen.push(['onStart', this.id, ...given]);
      }
      onEnding(...given: unknown[]): void {
        seen.push(['onEnding', this.id, ...given]);
      }
      onEnd(...given: unknown[]): void {
        seen.push(['onEnd', this.id, ...given]);
      }
      async forceFlush(): Promise<void> {
        seen.push(['forceFlush', this.id]);
      }
      async shutdown(): Promise<void> {
        seen.push(['shutdown', this.id]);
      }
    }
    const isolated = isolatedSpanProcessor('part', new Counting());
    const span = {} as never;
    isolated.onStart(span, ROOT_CONTEXT);
    isolated.onEnding?.(span);
    isolated.onEnd(span);
    void isolated.forceFlush();
    void isolated.shutdown();
    expect(seen).toEqual([
      ['onStart', 'own', span, ROOT_CONTEXT],
      ['onEnding', 'own', span],
      ['onEnd', 'own', span],
      ['forceFlush', 'own'],
      ['shutdown', 'own'],
    ]);
  });

  test('what has no onEnding has none', () => {
    expect(isolatedSpanProcessor('part', keptSpans().processor)).not.toHaveProperty('onEnding');
  });
});

const LINE_OF_SPAN = 'broken part failed with a span';
const LINE_OF_RECORD = 'broken part failed with a log record';

describe('log record processors', () => {
  test.each(faults)('onEmit %s', (_what, fault) => {
    const { records, processor } = keptRecords();
    const broken: LogRecordProcessor = { ...ends, onEmit: quiet(fault) };
    const parts: readonly Component[] = [{ name: 'broken part', logRecordProcessors: [broken] }];
    const { provider } = createLogs(
      { processors: plans, limits: { attributeCount: 9 } },
      resource,
      parts,
      () => processor,
    );
    provider.getLogger('test').emit({ body: 'said' });
    expect(records.map(({ body }) => body)).toEqual(['said']);
    expect(lines()).toEqual(fault === FAULTS.throws || fault === FAULTS['throws nothing'] ? [LINE_OF_RECORD] : []);
  });

  test('who cannot say whether it wants a record gets it', () => {
    const options = { context: context.active(), instrumentationScope: { name: 'test' } };
    const enabled = (say: () => unknown): unknown =>
      isolatedLogRecordProcessor('broken part', { ...ends, onEmit() {}, enabled: say as () => boolean }).enabled?.(
        options,
      );
    expect([enabled(() => true), enabled(() => false), enabled(() => undefined)]).toEqual([true, false, true]);
    expect(enabled(FAULTS.throws)).toBe(true);
    expect(lines()).toEqual([LINE_OF_RECORD]);
    expect(isolatedLogRecordProcessor('part', { ...ends, onEmit() {} })).not.toHaveProperty('enabled');
  });
});

describe.each(['forceFlush', 'shutdown'] as const)('%s', (verb) => {
  test.each(faults)('that %s', async (_what, fault) => {
    const kept = keptSpans();
    const done = vi.fn(async () => {});
    const spans: Component = { name: 'broken part', spanProcessors: [{ ...keptSpans().processor, [verb]: fault }] };
    const records: Component = {
      name: 'broken part',
      logRecordProcessors: [{ ...keptRecords().processor, [verb]: fault }],
    };
    const toOtlp = { ...kept.processor, [verb]: done };
    const pipelines = [
      createTraces(traces(plans), resource, [spans], () => toOtlp),
      createLogs({ processors: plans, limits: { attributeCount: 9 } }, resource, [records], () => ({
        ...toOtlp,
        onEmit() {},
      })),
    ];
    const results = pipelines.map((pipeline) =>
      pipeline[verb]().then(
        () => 'done',
        () => 'rejected',
      ),
    );
    const late = new Promise<string>((resolve) => setTimeout(resolve, 50, 'late'));
    const expected = { 'never settles': 'late', 'returns nothing': 'done' }[_what] ?? 'rejected';
    for (const result of results) expect(await Promise.race([result, late])).toBe(expected);
    // The others have been asked, whatever the first one does.
    expect(done).toHaveBeenCalledTimes(2);
  });
});

class Reader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

describe('observable callbacks', () => {
  guardMetrics();

  test.each(faults)('one that %s', async (_what, fault) => {
    const reader = new Reader();
    const meter: Meter = new MeterProvider({ readers: [reader] }).getMeter('m');
    const broken = meter.createObservableGauge('broken');
    broken.addCallback(fault);
    meter.addBatchObservableCallback(fault, [broken]);
    meter.createObservableGauge('whole').addCallback((result) => result.observe(1));
    meter.createCounter('counter').add(1);
    const { resourceMetrics } = await reader.collect({ timeoutMillis: 20 });
    expect(resourceMetrics.scopeMetrics[0]!.metrics.map(({ descriptor }) => descriptor.name)).toEqual([
      'whole',
      'counter',
    ]);
  });
});

const faulty = vi.hoisted(() => ({ detect: (): unknown => ({}), host: (): unknown => ({}) }));
vi.mock('@opentelemetry/resource-detector-gcp', () => ({ gcpDetector: { detect: () => faulty.detect() } }));
vi.mock('../../src/resource/detectors.ts', () => ({
  detectors: { host: () => faulty.host(), os: () => ({ 'os.type': 'linux' }) },
}));

describe('resource detectors', () => {
  test.each(faults)('one that %s', async (_what, fault) => {
    vi.useFakeTimers();
    const isLate = fault === FAULTS.rejects || fault === FAULTS['never settles'];
    faulty.detect = isLate ? () => ({ attributes: { a: fault() } }) : fault;
    // These answer at once or not at all.
    faulty.host = isLate ? () => ({}) : fault;
    const found = createResource({ attributes: {}, detectors: ['host', 'gcp', 'os'] }, { env: {}, script: undefined });
    const settled = found.waitForAsyncAttributes?.();
    await vi.advanceTimersByTimeAsync(5000);
    await settled;
    vi.useRealTimers();
    expect(found.asyncAttributesPending).toBe(false);
    expect(found.attributes).toMatchObject({ 'os.type': 'linux', 'service.name': 'unknown_service:node' });
    expect(found.attributes).not.toHaveProperty('a');
  });

  test('what comes in time is kept', async () => {
    faulty.detect = () => ({ attributes: { 'cloud.provider': Promise.resolve('gcp'), 'cloud.region': 'near' } });
    const found = createResource({ attributes: {}, detectors: ['gcp'] }, { env: {}, script: undefined });
    await found.waitForAsyncAttributes?.();
    expect(found.attributes).toMatchObject({ 'cloud.provider': 'gcp', 'cloud.region': 'near' });
  });
});
