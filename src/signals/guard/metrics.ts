import { createNoopMeter } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import * as diag from '../../diag.ts';
import { guardCallbacks, guardObservable } from './callbacks.ts';
import { descriptorOf } from './descriptor.ts';
import { dropped } from './dropped.ts';
import { failed, guardProvider, replace } from './guard.ts';
import { instrumentOf, type MeterOfSdk } from './instruments.ts';
import { measurable } from './measurable.ts';

export function guardMetrics(): void {
  guardProvider('MeterProvider', MeterProvider.prototype, 'getMeter', guardMeter, () => dropped.meters++);
}

/** Instruments, and the verb by which the application gives them a value. */
const INSTRUMENTS = {
  createCounter: 'add',
  createUpDownCounter: 'add',
  createGauge: 'record',
  createHistogram: 'record',
  createObservableCounter: undefined,
  createObservableUpDownCounter: undefined,
  createObservableGauge: undefined,
} as const;

function guardMeter(meter: object): void {
  for (const [create, verb] of Object.entries(INSTRUMENTS))
    guardCreation(meter, create as keyof typeof INSTRUMENTS, verb);
  guardCallbacks(meter);
}

function guardCreation(meter: object, create: keyof typeof INSTRUMENTS, verb: string | undefined): void {
  const type = create.slice('create'.length);
  replace(
    meter,
    create,
    (original) =>
      function (name, options) {
        try {
          const descriptor = descriptorOf(name, options);
          const instrument = instrumentOf(this as MeterOfSdk, type, descriptor, () => {
            const made = original.call(this, descriptor.name, descriptor.options) as object;
            if (verb === undefined) guardObservable(made);
            else guardMeasurement(type, made, verb);
            return made;
          });
          if (instrument !== undefined) return instrument;
        } catch (cause) {
          failed(`Meter.${create}`, cause);
        }
        return createNoopMeter()[create]('');
      },
  );
}

function guardMeasurement(type: string, made: object, name: string): void {
  // What is added up would be none of its numbers any more, for good.
  const isSummed = type !== 'Gauge';
  replace(
    made,
    name,
    (original) =>
      function (value, attributes, context) {
        try {
          if (isSummed && typeof value === 'number' && !Number.isFinite(value)) return sayNotFinite(this, value);
          return original.call(this, value, measurable(attributes), context);
        } catch (cause) {
          return failed(`${type}.${name}`, cause);
        }
      },
  );
}

const sayNotFinite = (instrument: object, value: number): void =>
  diag.limited(
    'not finite',
    `the instrument "${(instrument as { readonly _descriptor: { readonly name: string } })._descriptor.name}" was given ${value}: expected a finite number, it is not measured`,
  );
