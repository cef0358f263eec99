import { context, propagation, ROOT_CONTEXT, SpanStatusCode, trace, type Meter, type Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import * as diag from '../../src/diag.ts';
import { guardLogs } from '../../src/signals/guard/logs.ts';
import { guardMetrics } from '../../src/signals/guard/metrics.ts';
import { guardTraces } from '../../src/signals/guard/traces.ts';

vi.mock('../../src/diag.ts', { spy: true });
beforeEach(() => void vi.mocked(diag.limited).mockReset());
const lines = (): readonly string[] => vi.mocked(diag.limited).mock.calls.map(([, line]) => line);

class Reader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

const OBSERVED = ['Counter', 'UpDownCounter', 'Gauge'] as const;
const METHODS = {
  tracer: ['startSpan'],
  span: [
    'setAttribute',
    'setAttributes',
    'addEvent',
    'addLink',
    'addLinks',
    'setStatus',
    'updateName',
    'recordException',
    'end',
  ],
  meter: [
    ...OBSERVED.flatMap((kind) => [`create${kind}`, `createObservable${kind}`]),
    'createHistogram',
    'addBatchObservableCallback',
    'removeBatchObservableCallback',
  ],
  counter: ['add'],
  upDownCounter: ['add'],
  gauge: ['record'],
  histogram: ['record'],
  observable: ['addCallback', 'removeCallback'],
  result: ['observe'],
  batchResult: ['observe'],
  logger: ['emit', 'enabled'],
  tracerProvider: ['getTracer'],
  meterProvider: ['getMeter'],
  loggerProvider: ['getLogger'],
  contextManager: ['active', 'bind'],
} as const;

/** One of everything that the application gets to hold. */
function one(): Readonly<Record<keyof typeof METHODS, object>> {
  const tracerProvider = new TracerProvider();
  const tracer = tracerProvider.getTracer('t');
  const reader = new Reader();
  const meterProvider = new MeterProvider({ readers: [reader] });
  const meter = meterProvider.getMeter('m');
  const observable = meter.createObservableGauge('o');
  const results: object[] = [];
  observable.addCallback((result) => void results.push(result));
  meter.addBatchObservableCallback((result) => void results.push(result), [observable]);
  void reader.collect();
  const loggerProvider = new LoggerProvider();
  return {
    tracer,
    span: tracer.startSpan('s'),
    meter,
    counter: meter.createCounter('c'),
    upDownCounter: meter.createUpDownCounter('u'),
    gauge: meter.createGauge('g'),
    histogram: meter.createHistogram('h'),
    observable,
    result: results[0]!,
    batchResult: results[1]!,
    logger: loggerProvider.getLogger('l'),
    tracerProvider,
    meterProvider,
    loggerProvider,
    contextManager: new AsyncLocalStorageContextManager(),
  };
}

function methods(): Readonly<Record<string, unknown>> {
  const all = one();
  return Object.fromEntries(
    Object.entries(METHODS).flatMap(([of, names]) =>
      names.map((name) => [`${of}.${name}`, (all[of as keyof typeof METHODS] as Record<string, unknown>)[name]]),
    ),
  );
}

const before = methods();
guardTraces();
guardMetrics();
guardLogs();

test('the SDK has every method that is guarded, and each is guarded once', () => {
  const after = methods();
  for (const [name, method] of Object.entries(after)) {
    expect(method, name).toBeTypeOf('function');
    expect(method, name).not.toBe(before[name]);
  }
  guardTraces();
  guardMetrics();
  guardLogs();
  expect(methods()).toEqual(after);
});

const hostile = (): never =>
  new Proxy(
    {},
    new Proxy(
      {},
      {
        get: () => () => {
          throw new Error('hostile');
        },
      },
    ),
  ) as never;

describe('spans', () => {
  const exporter = new InMemorySpanExporter();
  const tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('t');
  beforeEach(() => exporter.reset());
  const finished = (): ReadableSpan => exporter.getFinishedSpans()[0]!;

  test('what is right is as it was', () => {
    const link = { context: { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 } };
    const span = tracer.startSpan('s', { kind: 2, attributes: { a: 1 }, links: [link], startTime: [10, 0] });
    expect(span.setAttribute('b', 'x').setAttributes({ c: true }).addEvent('e', { d: 1 }, [11, 0])).toBe(span);
    expect(span.addLink(link).addLinks([link]).setStatus({ code: 2, message: 'm' }).updateName('n')).toBe(span);
    expect(span.recordException(new TypeError('x'), [12, 0])).toBeUndefined();
    expect(span.end([13, 0])).toBeUndefined();
    expect(finished()).toMatchObject({
      name: 'n',
      kind: 2,
      attributes: { a: 1, b: 'x', c: true },
      startTime: [10, 0],
      endTime: [13, 0],
      events: [
        { name: 'e', attributes: { d: 1 }, time: [11, 0] },
        { name: 'exception', attributes: { 'exception.type': 'TypeError', 'exception.message': 'x' }, time: [12, 0] },
      ],
      status: { code: SpanStatusCode.ERROR, message: 'm' },
    });
    expect(finished().links).toHaveLength(3);
    expect(lines()).toEqual([]);
  });

  test('one that is wrong costs itself, and the span goes on', () => {
    const span = tracer.startSpan('s');
    for (const call of [
      () => span.setStatus(null as never),
      () => span.setAttribute(null as never, 1),
      () => span.setAttribute('a', hostile()),
      () => span.setAttributes(hostile()),
      () => span.addEvent('e', hostile()),
      () => span.addLink(null as never),
      () => span.addLinks(null as never),
    ]) {
      expect(call()).toBe(span);
    }
    expect(span.recordException(hostile())).toBeUndefined();
    span.setAttributes({ a: hostile(), b: 1 });
    span.end(hostile());
    expect(finished()).toMatchObject({ name: 's', attributes: { b: 1 } });
    expect(lines()).toHaveLength(10);
    expect(lines()[0]).toBe(
      "an OpenTelemetry call of the application failed (Span.setStatus): Cannot read properties of null (reading 'code')",
    );
  });

  test('options that cannot be read leave a span without them', () => {
    const parent = tracer.startSpan('parent');
    const given = trace.setSpan(ROOT_CONTEXT, parent);
    for (const options of [null, { links: 5 }, { attributes: hostile() }, hostile()]) {
      tracer.startSpan('s', options as never, given).end();
    }
    expect(exporter.getFinishedSpans()).toHaveLength(4);
    for (const { parentSpanContext } of exporter.getFinishedSpans()) {
      expect(parentSpanContext).toEqual(parent.spanContext());
    }
  });

  test('a context that cannot be read leaves a span that is not recorded', () => {
    const span = tracer.startSpan('s', {}, 5 as never);
    expect(span.isRecording()).toBe(false);
    expect(span.setAttribute('a', 1)).toBe(span);
    span.end();
  });

  test('under a sampler that throws spans are not recorded, and the trace goes on', () => {
    const sampler = {
      shouldSample() {
        throw new Error('no');
      },
    } as unknown as Sampler;
    const unsampled = new TracerProvider({
      sampler,
      spanProcessors: [new SimpleSpanProcessor({ exporter })],
    }).getTracer('t');
    const parent = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1, isRemote: true };
    const below = unsampled.startSpan('s', {}, trace.setSpanContext(ROOT_CONTEXT, parent));
    expect(below.isRecording()).toBe(false);
    expect(below.spanContext()).toEqual(parent);
    expect(unsampled.startSpan('s').spanContext().traceId).toBe('0'.repeat(32));
    const active = vi.fn((span: Span) => span.isRecording());
    expect(unsampled.startActiveSpan('s', active)).toBe(false);
    expect(exporter.getFinishedSpans()).toEqual([]);
    expect(lines()).toHaveLength(3);
  });

  test('what the application throws is its own', () => {
    const mine = new Error('mine');
    const fails = (): never => {
      throw mine;
    };
    expect(() => tracer.startActiveSpan('s', fails)).toThrow(mine);
    expect(() => tracer.startActiveSpan('s', null as never, fails)).toThrow(mine);
    expect(lines()).toEqual([]);
  });
});

describe('contexts', () => {
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  afterAll(() => context.disable());

  test('what is no context is the root', () => {
    for (const odd of [5, 'text', {}, null, hostile()] as never[]) {
      expect(context.with(odd, () => context.active())).toBe(ROOT_CONTEXT);
      expect(context.bind(odd, () => trace.getActiveSpan())()).toBeUndefined();
    }
    const given = propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage());
    expect(context.with(given, () => context.active())).toBe(given);
    const target = hostile();
    expect(context.bind(ROOT_CONTEXT, target)).toBe(target);
  });
});

describe('metrics', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;

  async function collected(use: (meter: Meter) => void): Promise<unknown> {
    const reader = new Reader();
    use(new MeterProvider({ readers: [reader] }).getMeter('m'));
    const { resourceMetrics, errors } = await reader.collect();
    expect(errors).toEqual([]);
    return Object.fromEntries(
      resourceMetrics.scopeMetrics
        .flatMap(({ metrics }) => metrics)
        .map(({ descriptor, dataPoints }) => [
          descriptor.name,
          dataPoints.map(({ attributes, value }) => [attributes, typeof value === 'number' ? value : value.count]),
        ]),
    );
  }

  test('a measurement is kept under what can be read of its attributes', async () => {
    const odd = [
      null,
      { id: 5n },
      { circular, a: 1 },
      {
        get a() {
          throw new Error('no');
        },
      },
      hostile(),
      'text',
      { f: () => {}, s: Symbol('x') },
    ] as never[];
    const expected = [
      [{}, 3],
      [{ id: '5' }, 1],
      [{ circular: '[unreadable]', a: 1 }, 1],
      [{ a: '[unreadable]' }, 1],
      [{ f: '[function]', s: '[symbol]' }, 1],
    ];
    const seen = await collected((meter) => {
      const counter = meter.createCounter('counter');
      const upDownCounter = meter.createUpDownCounter('upDownCounter');
      const gauge = meter.createGauge('gauge');
      const histogram = meter.createHistogram('histogram');
      for (const attributes of odd) {
        counter.add(1, attributes);
        upDownCounter.add(1, attributes);
        gauge.record(1, attributes);
        histogram.record(1, attributes);
      }
      const observable = meter.createObservableGauge('observable');
      observable.addCallback((result) => {
        for (const attributes of odd) result.observe(1, attributes);
      });
      const batched = meter.createObservableGauge('batched');
      meter.addBatchObservableCallback(
        (result) => {
          for (const attributes of odd) result.observe(batched, 1, attributes);
        },
        [batched],
      );
    });
    const last = expected.map(([attributes]) => [attributes, 1]);
    expect(seen).toEqual({
      counter: expected,
      upDownCounter: expected,
      histogram: expected,
      gauge: last,
      observable: last,
      batched: last,
    });
    expect(lines()).toEqual([]);
  });

  test('attributes that are right are those that were given', async () => {
    const attributes = { a: 'x', b: 1, c: true, d: undefined };
    const reader = new Reader();
    new MeterProvider({ readers: [reader] }).getMeter('m').createCounter('c').add(1, attributes);
    const { resourceMetrics } = await reader.collect();
    expect(resourceMetrics.scopeMetrics[0]!.metrics[0]!.dataPoints[0]!.attributes).toBe(attributes);
  });

  test('an instrument that cannot be made takes measurements and keeps none', async () => {
    const seen = await collected((meter) => {
      for (const name of [null, undefined, 5, Symbol('x'), hostile(), {}] as never[]) {
        meter.createCounter(name).add(1);
        meter.createUpDownCounter(name).add(1);
        meter.createGauge(name).record(1);
        meter.createHistogram(name).record(1);
        for (const kind of OBSERVED) meter[`createObservable${kind}`](name).addCallback(() => {});
      }
      for (const value of [Symbol('x'), hostile()]) meter.createCounter('c').add(value as never);
      meter.addBatchObservableCallback(() => {}, null as never);
      meter.removeBatchObservableCallback(() => {}, null as never);
    });
    expect(seen).toEqual({});
    expect(lines()[0]).toBe(
      'an OpenTelemetry call of the application failed (Meter.createCounter): the name of an instrument must be a text',
    );
  });

  test('a callback that throws anything costs itself', async () => {
    for (const thrown of [undefined, null, hostile(), 5]) {
      const reader = new Reader();
      const meter = new MeterProvider({ readers: [reader] }).getMeter('m');
      meter.createObservableGauge('broken').addCallback(() => {
        throw thrown;
      });
      meter.createCounter('c').add(1);
      const { resourceMetrics, errors } = await reader.collect();
      expect(errors).toEqual([]);
      expect(resourceMetrics.scopeMetrics[0]!.metrics).toHaveLength(1);
    }
    expect(lines()).toHaveLength(4);
    for (const line of lines())
      expect(line).toMatch(/^an observable callback of "broken" failed; it is measured without: /);
  });

  test('options that are no text, and bounds that are no numbers, are left out', async () => {
    const reader = new Reader();
    const meter = new MeterProvider({ readers: [reader] }).getMeter('m');
    meter.createCounter('c', { unit: 5, description: {}, valueType: 0 } as never).add(1.5);
    for (const explicitBucketBoundaries of ['x', 5, {}, [1, 'x'], null]) {
      meter.createHistogram('h', { unit: 's', advice: { explicitBucketBoundaries } } as never).record(1);
    }
    meter.createHistogram('own', { advice: { explicitBucketBoundaries: [1, 2] } }).record(1);
    meter.createHistogram('none', { advice: null } as never).record(1);
    const { metrics } = (await reader.collect()).resourceMetrics.scopeMetrics[0]!;
    expect(
      metrics.map(({ descriptor, dataPoints }) => [descriptor.name, descriptor.unit, dataPoints[0]!.value]),
    ).toEqual([
      ['c', '', 1],
      ['h', 's', expect.objectContaining({ count: 5 })],
      ['own', '', expect.objectContaining({ buckets: { boundaries: [1, 2], counts: [1, 0, 0] } })],
      ['none', '', expect.objectContaining({ count: 1 })],
    ]);
  });
});

describe('log records', () => {
  const exporter = new InMemoryLogRecordExporter();
  const logger = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }).getLogger('l');
  beforeEach(() => exporter.reset());

  test('what says something is said', () => {
    const said = { body: 'said', severityNumber: 9, severityText: 'INFO', eventName: 'e' };
    for (const odd of [
      { timestamp: 'yesterday' },
      { attributes: null },
      { attributes: { a: hostile() } },
      { context: 5 },
      { exception: hostile() },
    ]) {
      logger.emit({ ...said, ...odd } as never);
    }
    logger.emit({ body: { a: 1 }, timestamp: 'now' } as never);
    const records = exporter.getFinishedLogRecords();
    expect(records).toHaveLength(6);
    for (const record of records.slice(0, 5)) expect(record).toMatchObject(said);
    expect(records[5]!.body).toEqual({ a: 1 });
  });

  test('what says nothing is left out', () => {
    for (const odd of [null, undefined, hostile()] as never[]) logger.emit(odd);
    expect(exporter.getFinishedLogRecords()).toEqual([]);
    expect(logger.enabled(hostile())).toBe(true);
    expect(lines()).toHaveLength(4);
  });
});

test('a scope is told by texts', () => {
  const tracerProvider = new TracerProvider();
  for (const odd of [undefined, null, 5, Symbol('x'), hostile(), {}] as never[]) {
    const { instrumentationScope } = tracerProvider.getTracer(odd, odd, { schemaUrl: odd }) as unknown as {
      instrumentationScope: unknown;
    };
    expect(instrumentationScope).toEqual({ name: '', version: undefined, schemaUrl: undefined });
    tracerProvider.getTracer('t', '1', odd).startSpan('s').end();
    new MeterProvider().getMeter(odd, odd, { schemaUrl: odd }).createCounter('c').add(1);
    new MeterProvider().getMeter('m', '1', odd).createCounter('c').add(1);
    new LoggerProvider().getLogger(odd, odd, { schemaUrl: odd, attributes: odd }).emit({ body: 'b' });
    new LoggerProvider().getLogger('l', '1', odd).emit({ body: 'b' });
  }
  const url = { schemaUrl: 'https://opentelemetry.io/schemas/1.30.0' };
  expect(tracerProvider.getTracer('t', '2', url)).toMatchObject({
    instrumentationScope: { name: 't', version: '2', ...url },
  });
});

test('whatever is thrown, the line is written', () => {
  const thrown = [null, undefined, 'text', hostile(), new Error('no'), { toString: null }];
  for (const what of thrown) {
    const sampler = {
      shouldSample() {
        throw what;
      },
    } as unknown as Sampler;
    expect(new TracerProvider({ sampler }).getTracer('t').startSpan('s').isRecording()).toBe(false);
  }
  expect(lines()).toHaveLength(thrown.length);
});
