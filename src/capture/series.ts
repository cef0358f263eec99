import type { Attributes } from '@opentelemetry/api';

/** Where the SDK looks before it sorts and joins all attributes of a measurement to find its series. */
const SERIES = Symbol.for('firstlight.series');

/** Says which series of their instruments `attributes` are, by a text that no other set of attributes has. */
export function ofSeries(attributes: Attributes, text: string): Attributes {
  return Object.defineProperty(attributes, SERIES, { value: text });
}
