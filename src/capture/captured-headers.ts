import type { OutgoingHttpHeader } from 'node:http';
import type { AttributeValue } from '@opentelemetry/api';

/** A header that a setting asks for, and the attribute that it becomes. */
export interface CapturedHeader {
  /** In lower case. */
  readonly name: string;
  readonly attribute: string;
}

export const capturedHeaders = (side: 'request' | 'response', names: readonly string[] = []): CapturedHeader[] =>
  [...new Set(names.map((name) => name.toLowerCase()))].map((name) => ({
    name,
    attribute: `http.${side}.header.${name}`,
  }));

/** As the conventions have it: a list, also where there is one. */
export function headerValue(value: OutgoingHttpHeader): AttributeValue {
  if (typeof value === 'number') return [value];
  return typeof value === 'string' ? [value] : [...value];
}
