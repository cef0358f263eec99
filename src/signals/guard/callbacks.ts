/** Observable callbacks: how many there are, and what they throw. What they are given is results.ts. */
import { ValueType } from '@opentelemetry/api';
import * as diag from '../../diag.ts';
import { dropped } from './dropped.ts';
import { attempt, failed, guard, replace, type Method } from './guard.ts';
import { guardBatchResult, guardResult } from './results.ts';

/** Of an instrument, and of a meter for those that observe several. */
const MAX_CALLBACKS = 1000;

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

const counts = new WeakMap<object, number>();

/** For the first of them that is made: they share their methods. */
export function guardObservable(observable: object): void {
  for (const name of ['addCallback', 'removeCallback'])
    replace(
      observable,
      name,
      (original) =>
        function (callback) {
          try {
            const { _descriptor: descriptor, _observableRegistry: registry } = this as Observable;
            const count = counts.get(this) ?? 0;
            if (name === 'addCallback' && count >= MAX_CALLBACKS) return refuse(`the instrument "${descriptor.name}"`);
            const before = registry._callbacks.length;
            original.call(this, callback);
            // One that is known is not added, one that is not is not removed.
            counts.set(this, count + registry._callbacks.length - before);
          } catch (cause) {
            failed(`Observable.${name}`, cause);
          }
          return undefined;
        },
    );
}

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
