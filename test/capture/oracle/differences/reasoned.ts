import type { Differences, Facets } from '../facets.ts';

export interface Reasoned {
  readonly requests: readonly string[];
  /** By facet: what the stock says, what we say. */
  readonly what: Differences;
  readonly reason: string;
}

/** For a request that the stock has no span for: what ours says. */
export const onlyOurs = (facets: Facets): Differences => ({
  spans: [0, 1],
  ...Object.fromEntries(
    Object.entries({
      parentSpanId: 'a'.repeat(16),
      traceState: '',
      status: 'unset',
      events: [],
      links: 0,
      ...facets,
    }).map(([facet, value]) => [facet, [undefined, value] as const]),
  ),
});
