/** What two runs say of the same request, in a form in which a difference can be written down. */
import { isDeepStrictEqual } from 'node:util';
import type { Span } from '../../support/collector.ts';

/** By name: an attribute's, `name`, `status`, `events` or `spans`; those of a second span begin with `2 `. */
export type Facets = Readonly<Record<string, unknown>>;
export type Differences = Readonly<Record<string, readonly [stock: unknown, ours: unknown]>>;

/** Other in every run. */
const VOLATILE = new Set(['network.peer.port']);

export const facetsOf = (spans: readonly Span[]): Facets =>
  Object.fromEntries([
    ['spans', spans.length],
    ...spans.flatMap((span, index) =>
      Object.entries(ofOne(span)).map(([facet, value]) => [index === 0 ? facet : `${index + 1} ${facet}`, value]),
    ),
  ]) as Facets;

const ofOne = ({ name, status, parentSpanId, traceState, attributes, events, links }: Span): Facets => ({
  name,
  parentSpanId,
  traceState,
  status: `${status.code} ${status.message}`.trim(),
  ...Object.fromEntries(Object.entries(attributes).filter(([key]) => !VOLATILE.has(key))),
  events: events.map(
    (event) =>
      `${event.name} ${String(event.attributes['exception.type'])}: ${String(event.attributes['exception.message'])}`,
  ),
  links: links.length,
});

export function differences(stock: Facets, ours: Facets): Differences {
  const different = [...new Set([...Object.keys(stock), ...Object.keys(ours)])].filter(
    (facet) => !isDeepStrictEqual(stock[facet], ours[facet]),
  );
  return Object.fromEntries(different.map((facet) => [facet, [stock[facet], ours[facet]] as const]));
}
