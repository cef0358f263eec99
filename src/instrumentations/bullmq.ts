import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { InstrumentationBase, InstrumentationNodeModuleDefinition, InstrumentationNodeModuleFile } from '@opentelemetry/instrumentation';
import { BullMQOtel, BullMQOtelSpan } from 'bullmq-otel';

/** Of the classes that take one, the first major versions with a `telemetry` option. */
const VERSIONS = ['>=5.20.0 <7'];

type Options = Readonly<Record<string, unknown>> | undefined;
type AnyClass = new (...args: unknown[]) => object;

/**
 * BullMQ has telemetry of its own, for those who pass it in. This passes it in where the application did not: the span
 * of a job is then a child of the one that added it.
 */
export class BullmqInstrumentation extends InstrumentationBase {
  constructor(config = {}) {
    super('firstlight/bullmq', FIRSTLIGHT_VERSION, config);
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    // Queue, Worker and what else talks to a queue extend QueueBase.
    const files = [file('queue-base', 'QueueBase', 1), file('flow-producer', 'FlowProducer', 0)];
    return [new InstrumentationNodeModuleDefinition('bullmq', VERSIONS, undefined, undefined, files)];
  }
}

function file(name: string, className: string, optionsAt: number): InstrumentationNodeModuleFile {
  const patch = (exports: Record<string, AnyClass>): Record<string, AnyClass> => {
    const original = exports[className];
    if (original !== undefined) exports[className] = withTelemetry(original, optionsAt);
    return exports;
  };
  return new InstrumentationNodeModuleFile(`bullmq/dist/cjs/classes/${name}.js`, VERSIONS, patch, () => {});
}

/** A proxy and no subclass: names and prototypes stay what they are. */
function withTelemetry(original: AnyClass, optionsAt: number): AnyClass {
  return new Proxy(original, {
    construct(target, args: unknown[], newTarget) {
      const options = args[optionsAt] as Options;
      if (options?.['telemetry'] === undefined) args[optionsAt] = { ...options, telemetry: (shared ??= createTelemetry()) };
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
}

let shared: BullMQOtel | undefined;

function createTelemetry(): BullMQOtel {
  const telemetry = new BullMQOtel({ tracerName: 'bullmq', meterName: 'bullmq', enableMetrics: true });
  const { tracer } = telemetry;
  const startSpan: typeof tracer.startSpan = (name, options, parent) => {
    // A worker that has nothing to do asks for a job, extends locks and looks for stalled jobs, all the time.
    const matters = options?.kind === SpanKind.PRODUCER || options?.kind === SpanKind.CONSUMER;
    return matters ? failing(tracer.startSpan(name, options, parent)) : NO_SPAN;
  };
  telemetry.tracer = { startSpan };
  return telemetry;
}
