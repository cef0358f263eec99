/**
 * The runtime: event loop, garbage collection, heap, and what keeps the process alive. Takes the place of OpenTelemetry's,
 * whose delay begins at its own sampling interval and is reset by whoever reads it first, and whose shortest collection
 * is 5 ms. https://opentelemetry.io/docs/specs/semconv/runtime/
 */
import { constants, PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import { getHeapSpaceStatistics } from 'node:v8';
import { SeverityNumber, type Attributes, type Meter, type MeterProvider } from '@opentelemetry/api';
import { InstrumentationBase, type InstrumentationConfig } from '@opentelemetry/instrumentation';
import { histogram, observeTogether } from '../metrics/instrument.ts';
import { withoutThrowing } from '../without-throwing.ts';
import { createActiveResources } from './active-resources.ts';
import { watchEventLoop, type Delay } from './event-loop.ts';

/** Milliseconds between two samples of the event loop. */
const PRECISION = 10;

interface Config extends InstrumentationConfig {
  readonly monitoringPrecision?: number;
  /** Makes a log record of what ends the process because nobody catches it. */
  readonly captureUncaughtException?: boolean;
  /** Whether anybody reads metrics: else nothing is measured. */
  readonly isRead?: boolean;
  /** Calls `then` with what nobody catches; returns what ends that. */
  readonly watchUncaught?: (then: (error: unknown) => void) => () => void;
}

type Undo = () => void;

export class RuntimeNodeInstrumentation extends InstrumentationBase<Config> {
  declare private undo: readonly Undo[] | undefined;

  constructor(config: Config = {}) {
    super('firstlight/runtime-node', FIRSTLIGHT_VERSION, config);
  }

  protected override init(): undefined {}

  /** Begins: before there is a provider there is nobody to measure for. */
  override setMeterProvider(meterProvider: MeterProvider): void {
    super.setMeterProvider(meterProvider);
    this.stop();
    const { isRead, monitoringPrecision, captureUncaughtException, watchUncaught } = this.getConfig();
    const { meter } = this;
    this.undo = [
      ...(isRead === true
        ? [
            ...ofEventLoop(meter, monitoringPrecision ?? PRECISION),
            ofCollections(meter),
            ofHeap(meter),
            ofResources(meter),
          ]
        : []),
      ...(captureUncaughtException === true && watchUncaught
        ? [watchUncaught((exception) => this.record(exception))]
        : []),
    ];
  }

  override disable(): void {
    super.disable();
    this.stop();
  }

  private stop(): void {
    for (const undo of this.undo ?? []) undo();
    this.undo = undefined;
  }

  private record(exception: unknown): void {
    withoutThrowing('an uncaught exception could not be recorded', () =>
      this.logger.emit({ body: 'exception', exception, severityNumber: SeverityNumber.FATAL }),
    );
  }
}

function ofEventLoop(meter: Meter, precision: number): Undo[] {
  const loop = watchEventLoop(precision);
  const names = [
    'nodejs.eventloop.delay.min',
    'nodejs.eventloop.delay.max',
    'nodejs.eventloop.delay.mean',
    'nodejs.eventloop.delay.stddev',
    'nodejs.eventloop.delay.p50',
    'nodejs.eventloop.delay.p90',
    'nodejs.eventloop.delay.p99',
    'nodejs.eventloop.utilization',
    'nodejs.eventloop.time',
  ] as const;
  const end = observeTogether(meter, names, (observe) => {
    for (const [figure, seconds] of Object.entries(loop.delay() ?? {})) {
      observe(`nodejs.eventloop.delay.${figure as keyof Delay}`, seconds);
    }
    const utilization = loop.utilization();
    if (utilization !== undefined) observe('nodejs.eventloop.utilization', utilization);
    const { active, idle } = loop.time();
    observe('nodejs.eventloop.time', active, { 'nodejs.eventloop.state': 'active' });
    observe('nodejs.eventloop.time', idle, { 'nodejs.eventloop.state': 'idle' });
  });
  return [end, loop.stop];
}

const MINOR: Attributes = { 'v8js.gc.type': 'minor' };
/** 2 has no name in Node: the other collector of the young generation, which V8 can be told to use. */
const COLLECTIONS: Readonly<Record<number, Attributes>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: MINOR,
  2: MINOR,
  [constants.NODE_PERFORMANCE_GC_MAJOR]: { 'v8js.gc.type': 'major' },
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: { 'v8js.gc.type': 'incremental' },
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: { 'v8js.gc.type': 'weakcb' },
};

interface Collection extends PerformanceEntry {
  readonly detail: { readonly kind: number };
}

/** Node tells of them in batches, when the event loop turns. */
function ofCollections(meter: Meter): Undo {
  const durations = histogram(meter, 'v8js.gc.duration');
  const observer = new PerformanceObserver((list) =>
    withoutThrowing('garbage collections could not be recorded', () => {
      for (const { duration, detail } of list.getEntries() as Collection[]) {
        durations.record(duration / 1000, COLLECTIONS[detail.kind] ?? MINOR);
      }
    }),
  );
  observer.observe({ entryTypes: ['gc'] });
  return () => observer.disconnect();
}

function ofHeap(meter: Meter): Undo {
  const names = [
    'v8js.memory.heap.space.size',
    'v8js.memory.heap.used',
    'v8js.memory.heap.space.available_size',
    'v8js.memory.heap.space.physical_size',
  ] as const;
  /** Most spaces stay empty. One that does not is told of from then on, so that it is seen to become empty again. */
  const used = new Set<string>();
  return observeTogether(meter, names, (observe) => {
    for (const space of getHeapSpaceStatistics()) {
      if (space.space_size > 0 || space.space_used_size > 0) used.add(space.space_name);
      if (!used.has(space.space_name)) continue;
      const attributes = { 'v8js.heap.space.name': space.space_name };
      observe('v8js.memory.heap.space.size', space.space_size, attributes);
      observe('v8js.memory.heap.used', space.space_used_size, attributes);
      observe('v8js.memory.heap.space.available_size', space.space_available_size, attributes);
      observe('v8js.memory.heap.space.physical_size', space.physical_space_size, attributes);
    }
  });
}

function ofResources(meter: Meter): Undo {
  const countEach = createActiveResources();
  return observeTogether(meter, ['v8js.resource.active'], (observe) => {
    for (const [type, count] of countEach()) observe('v8js.resource.active', count, { 'v8js.resource.type': type });
  });
}
