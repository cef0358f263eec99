/** Observable callbacks: how many there are, what they are given, and what they throw. */
import { ValueType } from '@opentelemetry/api';
import * as diag from '../../diag.ts';
import { dropped } from './dropped.ts';
import { attempt, failed, guard, replace, type Method } from './guard.ts';
import { measurable } from './measurable.ts';

/** Of an instrument, and of a meter for those that observe several. */
const MAX_CALLBACKS = 1000;
/** What one of them may observe each time: several times what is kept of it. */
const MAX_OBSERVED = 10_000;

/** What is private to `@opentelemetry/sdk-metrics` and needed for all of that. */
interface Registry {
  readonly _callbacks: readonly { readonly instrument: Observable }[];
  readonly _batchCallbacks: { callback(result: object): void; readonly instruments: ReadonlySet<Observable> }[];
  addCallback(callback: (result: object) => void, instrument: object): void;
}

interface Observable {
  readonly _descriptor: { readonly name: string };
  readonly _observableRegistry: Registry;
}

/** For the first of them that is made: they share their methods. */
export function guardObservable(observable: object): void {
  replace(
    observable,
    'addCallback',
    (original) =>
      function (callback) {
        try {
          const { _descriptor: descriptor, _observableRegistry: registry } = this as Observable;
          if (countOf(registry, this) >= MAX_CALLBACKS) return refuse(`the instrument "${descriptor.name}"`);
          original.call(this, callback);
        } catch (cause) {
          failed('Observable.addCallback', cause);
        }
        return undefined;
      },
  );
  guard('Observable', observable, 'removeCallback', () => undefined);
}

/** They are seldom more than that in all of the meter. */
const countOf = ({ _callbacks: callbacks }: Registry, observable: object): number =>
  callbacks.length < MAX_CALLBACKS ? 0 : callbacks.filter(({ instrument }) => instrument === observable).length;

function refuse(whose: string): void {
  dropped.callbacks++;
  diag.limited(
    'callbacks',
    `${whose} has ${MAX_CALLBACKS} observable callbacks: further ones are not called; one that is not needed any more is to be removed`,
  );
}

/** What is private to `@opentelemetry/sdk-metrics` again. */
interface Meter {
  readonly _meterSharedState: {
    readonly _instrumentationScope: { readonly name: string };
    readonly observableRegistry: Registry;
  };
}

/** For the first meter that is made. */
export function guardCallbacks(meter: object): void {
  replace(
    meter,
    'addBatchObservableCallback',
    (original) =>
      function (callback, observables) {
        try {
          const { _instrumentationScope: scope, observableRegistry: registry } = (this as Meter)._meterSharedState;
          if (registry._batchCallbacks.length >= MAX_CALLBACKS) return refuse(`the meter "${scope.name}"`);
          original.call(this, callback, observables);
        } catch (cause) {
          failed('Meter.addBatchObservableCallback', cause);
        }
        return undefined;
      },
  );
  guard('Meter', meter, 'removeBatchObservableCallback', () => undefined);
  attempt(() => guardRegistry((meter as Meter)._meterSharedState.observableRegistry));
}

function guardRegistry(registry: Registry): void {
  let areKnown = false;
  replace(
    registry,
    'observe',
    (observe) =>
      function (time, timeout) {
        if (!areKnown) {
          areKnown = true;
          attempt(() => guardResults(this as Registry, observe));
        }
        return observe.call(this, time, timeout);
      },
  );
  nameFailures(registry, '_observeCallbacks', ({ _callbacks: callbacks }) =>
    callbacks.map(({ instrument }) => [instrument]),
  );
  nameFailures(registry, '_observeBatchCallbacks', ({ _batchCallbacks: callbacks }) =>
    callbacks.map(({ instruments }) => [...instruments]),
  );
}

/** A reader would learn what was thrown, but not by whom. */
function nameFailures(
  registry: Registry,
  name: string,
  instrumentsOf: (registry: Registry) => readonly Observable[][],
): void {
  replace(
    registry,
    name,
    (original) =>
      function (time, timeout) {
        const instruments = instrumentsOf(this as Registry);
        const observed = original.call(this, time, timeout) as readonly Promise<void>[];
        return observed.map((each, index) =>
          each.catch((cause: unknown) => sayFailed(instruments[index] ?? [], cause)),
        );
      },
  );
}

function sayFailed(instruments: readonly Observable[], cause: unknown): void {
  const names = instruments.slice(0, 3).map(({ _descriptor: { name } }) => `"${name}"`);
  const of = `${names.join(', ')}${instruments.length > names.length ? ', …' : ''}`;
  diag.limited(
    `callback of ${of}`,
    `an observable callback of ${of} failed; it is measured without: ${diag.describe(cause)}`,
  );
}

/** A registry of our own calls ours, before its first promise. */
function guardResults(like: Registry, observe: Method): void {
  const registry = new (like.constructor as new () => Registry)();
  registry.addCallback(guardResult, {
    _descriptor: { name: '', valueType: ValueType.DOUBLE },
    _metricStorages: [],
  });
  registry._batchCallbacks.push({ callback: guardBatchResult, instruments: new Set() });
  void observe.call(registry, [0, 0]);
}

function guardResult(result: object): void {
  replace(
    result,
    'observe',
    (original) =>
      function (value, attributes) {
        try {
          const { _buffer: buffer, _instrumentName: name } = this as Result;
          if (buffer.size >= MAX_OBSERVED) return sayTooMany(name);
          return original.call(this, value, measurable(attributes));
        } catch (cause) {
          return failed('ObservableResult.observe', cause);
        }
      },
  );
}

function guardBatchResult(result: object): void {
  replace(
    result,
    'observe',
    (original) =>
      function (metric, value, attributes) {
        try {
          const observed = (this as BatchResult)._buffer.get(metric as Observable);
          if (observed !== undefined && observed.size >= MAX_OBSERVED) {
            return sayTooMany((metric as Observable)._descriptor.name);
          }
          return original.call(this, metric, value, measurable(attributes));
        } catch (cause) {
          return failed('BatchObservableResult.observe', cause);
        }
      },
  );
}

interface Result {
  readonly _buffer: { readonly size: number };
  readonly _instrumentName: string;
}

interface BatchResult {
  readonly _buffer: ReadonlyMap<Observable, { readonly size: number }>;
}

const sayTooMany = (name: string): void =>
  diag.limited(
    'observed',
    `an observable callback of "${name}" observes more than ${MAX_OBSERVED} sets of attributes at once: the rest is not looked at`,
  );
