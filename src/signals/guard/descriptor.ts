/** What an instrument is asked to be, as it can be kept: the SDK takes any name, and any length of it, and only warns. */
import type { MetricOptions } from '@opentelemetry/api';
import * as diag from '../../diag.ts';
import { cut } from './cut.ts';

/** As many characters as OpenTelemetry lets an implementation stop at. */
const MAX_NAME = 255;
const MAX_UNIT = 63;
const MAX_DESCRIPTION = 1023;
/** Of a histogram: each of its series has a counter for each. */
const MAX_BOUNDS = 200;

/** https://opentelemetry.io/docs/specs/otel/metrics/api/#instrument-name-syntax */
const ALLOWED = /^[a-z][\w.\-/]*$/i;

export interface Descriptor {
  readonly name: string;
  readonly options: MetricOptions;
}

/** What is wrong is said, and used as far as it goes. Throws where there is no name, and what the options throw. */
export function descriptorOf(given: unknown, options: unknown): Descriptor {
  if (typeof given !== 'string' || given === '') throw new TypeError('the name of an instrument must be a text');
  const name = cut(given, MAX_NAME);
  const { description, unit, valueType, advice } = (options ?? {}) as Readonly<Record<keyof MetricOptions, unknown>>;
  const say = (what: string): void => diag.limited(`instrument ${what}`, `the instrument "${name}" has ${what}`);
  const text = (value: unknown, max: number, of: string): string | undefined => {
    if (value === undefined || (typeof value === 'string' && value.length <= max)) return value;
    say(
      `a ${of} that is no text of at most ${max} characters: ${typeof value === 'string' ? 'it is cut' : 'it has none'}`,
    );
    return typeof value === 'string' ? cut(value, max) : undefined;
  };
  if (given.length > MAX_NAME) say(`a name of more than ${MAX_NAME} characters: it is cut`);
  if (!ALLOWED.test(name)) {
    say(
      'a name that OpenTelemetry does not allow: expected a letter, then letters, digits and _ . - /; it is used as it is',
    );
  }
  const bounds = boundsOf(advice);
  if (bounds !== undefined && bounds.length > MAX_BOUNDS)
    say(`more than ${MAX_BOUNDS} bounds: the first ones are used`);
  return {
    name,
    options: {
      ...textual('description', text(description, MAX_DESCRIPTION, 'description')),
      ...textual('unit', text(unit, MAX_UNIT, 'unit')),
      ...(valueType !== undefined && { valueType: valueType as NonNullable<MetricOptions['valueType']> }),
      ...(bounds !== undefined && { advice: { explicitBucketBoundaries: bounds.slice(0, MAX_BOUNDS) } }),
    },
  };
}

const textual = (key: string, value: string | undefined): object => (value === undefined ? {} : { [key]: value });

/** Bounds that are no numbers would fail at every export. */
function boundsOf(advice: unknown): readonly number[] | undefined {
  const bounds = (advice as { readonly explicitBucketBoundaries?: unknown } | null | undefined)
    ?.explicitBucketBoundaries;
  return Array.isArray(bounds) && bounds.every((bound) => typeof bound === 'number') ? bounds : undefined;
}
