/**
 * An instrument is kept for good, in every reader. So a provider makes a bounded number of them, and one that is asked
 * for again is the one that there is.
 */
import * as diag from '../../diag.ts';
import type { Descriptor } from './descriptor.ts';
import { dropped } from './dropped.ts';
import { isOurs } from './scopes.ts';

/** Of an application; what measures for us has as many. */
const MAX_INSTRUMENTS = 1000;

/** What is private to `@opentelemetry/sdk-metrics` and says whose an instrument is. */
export interface MeterOfSdk {
  readonly _meterSharedState: {
    readonly _instrumentationScope: { readonly name: string };
    readonly _meterProviderSharedState: object;
  };
}

interface Made {
  readonly instrument: object;
  /** Of its longest description. */
  described: number;
}

const madeBy = new WeakMap<object, Map<string, Made>>();
const countsOf = new WeakMap<object, { ours: number; application: number }>();

/** `make` lets the SDK make it. Undefined for one that is one too many. */
export function instrumentOf(
  meter: MeterOfSdk,
  kind: string,
  { name, options }: Descriptor,
  make: () => object,
): object | undefined {
  const { _meterSharedState: state } = meter;
  let made = madeBy.get(state);
  if (made === undefined) madeBy.set(state, (made = new Map<string, Made>()));
  // What tells one from another to the SDK as well.
  const key = `${kind} ${options.unit ?? ''} ${options.valueType ?? ''} ${name}`;
  const described = options.description?.length ?? 0;
  const known = made.get(key);
  if (known !== undefined) {
    // Of two descriptions the SDK takes the longer, for both.
    if (described > known.described) {
      known.described = described;
      make();
    }
    return known.instrument;
  }
  if (!takesOneMore(state, name)) return undefined;
  const instrument = make();
  made.set(key, { instrument, described });
  return instrument;
}

function takesOneMore(
  { _instrumentationScope: scope, _meterProviderSharedState: provider }: MeterOfSdk['_meterSharedState'],
  name: string,
): boolean {
  let counts = countsOf.get(provider);
  if (counts === undefined) countsOf.set(provider, (counts = { ours: 0, application: 0 }));
  const whose = isOurs(scope.name) ? 'ours' : 'application';
  if (counts[whose] < MAX_INSTRUMENTS) {
    counts[whose]++;
    return true;
  }
  dropped.instruments++;
  diag.limited(
    'instruments',
    `there are ${MAX_INSTRUMENTS} instruments: "${name}" of the meter "${scope.name}" and all further ones are not measured; ` +
      'what changes from request to request belongs into attributes, not into names',
  );
  return false;
}
