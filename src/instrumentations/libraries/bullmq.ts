import {
  INVALID_SPAN_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
} from '@opentelemetry/api';
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import { BullMQOtel, BullMQOTelSpan } from 'bullmq-otel';
import type { Observe } from '../../observed.ts';
import { withoutThrowing } from '../../without-throwing.ts';
import { watchFailures, watchQueue, type Emitting } from './bullmq-queue.ts';
import { tellingOf } from './constructed.ts';

/** Of the classes that take one, the first major versions with a `telemetry` option. */
const VERSIONS = ['>=5.20.0 <7'];
const REASON = 'bullmq.job.failed.reason';

type Options = Readonly<Record<string, unknown>> | undefined;
type AnyClass = new (...args: unknown[]) => object;

/**
 * BullMQ has telemetry of its own, for those who pass it in. This passes it in where the application did not: the span
 * of a job is then a child of the one that added it. The depth of queues and what failed for good are measured besides.
 */
export class BullmqInstrumentation extends InstrumentationBase {
  private readonly observed: Observe;

  constructor(config: object, observed: Observe) {
    super('firstlight/bullmq', FIRSTLIGHT_VERSION, config);
    this.observed = observed;
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    // Queue, Worker and what else talks to a queue extend QueueBase.
    const files = [
      file('queue-base', 'QueueBase', (original) => {
        const observed = this.observed?.();
        if (observed === undefined) return withTelemetry(original, 1);
        watchFailures(original.prototype as Emitting, observed);
        return withTelemetry(
          tellingOf(original, (queue) => watchQueue(queue, observed)),
          1,
        );
      }),
      file('flow-producer', 'FlowProducer', (original) => withTelemetry(original, 0)),
    ];
    return [new InstrumentationNodeModuleDefinition('bullmq', VERSIONS, undefined, undefined, files)];
  }
}

function file(
  name: string,
  className: string,
  patched: (original: AnyClass) => AnyClass,
): InstrumentationNodeModuleFile {
  const patch = (exports: Record<string, AnyClass>): Record<string, AnyClass> => {
    const original = exports[className];
    if (original !== undefined) exports[className] = patched(original);
    return exports;
  };
  return new InstrumentationNodeModuleFile(`bullmq/dist/cjs/classes/${name}.js`, VERSIONS, patch, () => {});
}

/** A proxy and no subclass: names and prototypes stay what they are. */
function withTelemetry(original: AnyClass, optionsAt: number): AnyClass {
  return new Proxy(original, {
    construct(target, args: unknown[], newTarget) {
      withoutThrowing('bullmq is not given its telemetry', () => {
        const options = args[optionsAt] as Options;
        if (options?.['telemetry'] === undefined)
          args[optionsAt] = { ...options, telemetry: (shared ??= createTelemetry()) };
      });
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
}

type Telemetry = Pick<BullMQOtel, 'contextManager' | 'meter'> & {
  readonly tracer: {
    startSpan(name: string, options?: { readonly kind?: SpanKind }, parent?: Context): BullMQOTelSpan;
  };
};

let shared: Telemetry | undefined;

function createTelemetry(): Telemetry {
  const { contextManager, meter } = new BullMQOtel({ meterName: 'bullmq', enableMetrics: true });
  const tracer = trace.getTracer('bullmq');
  return {
    contextManager,
    ...(meter && { meter }),
    tracer: {
      startSpan: (name, options, parent) =>
        // The rest is what a worker does all the time: ask for a job, extend locks, look for stalled jobs.
        options?.kind === SpanKind.PRODUCER || options?.kind === SpanKind.CONSUMER
          ? new JobSpan(tracer.startSpan(name, options, parent))
          : new UnseenSpan(),
    },
  };
}

class JobSpan extends BullMQOTelSpan {
  override addEvent(name: string, attributes: Attributes = {}): void {
    // What a job returns belongs to the application, and may be personal or large.
    super.addEvent(name, { ...attributes, 'bullmq.job.result': undefined });
    if (name === 'job failed')
      this.span.setStatus({ code: SpanStatusCode.ERROR, message: String(attributes[REASON] ?? '') });
  }
}

class UnseenSpan extends BullMQOTelSpan {
  constructor() {
    super(trace.wrapSpanContext(INVALID_SPAN_CONTEXT));
  }

  override setSpanOnContext(parent: Context): Context {
    return parent;
  }
}
