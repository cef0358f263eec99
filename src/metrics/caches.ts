/** Hits and misses of caches, by the kind of cache. */
import type { Attributes, Meter } from '@opentelemetry/api';
import type { Lookups } from '../observed.ts';
import { observable } from './instrument.ts';

export function createCaches(meter: Meter): (type: string) => Lookups {
  const caches = new Map<string, { readonly lookups: Lookups; readonly hit: Attributes; readonly miss: Attributes }>();
  observable(meter, 'firstlight.cache.requests').addCallback((result) => {
    for (const { lookups, hit, miss } of caches.values()) {
      if (lookups.hits + lookups.misses === 0) continue;
      // Both, so that a ratio has both from the first look-up on.
      result.observe(lookups.hits, hit);
      result.observe(lookups.misses, miss);
    }
  });
  return (type) => {
    const known = caches.get(type);
    if (known !== undefined) return known.lookups;
    const attributes = (result: string): Attributes => ({ 'cache.type': type, 'cache.result': result });
    const lookups = { hits: 0, misses: 0 };
    caches.set(type, { lookups, hit: attributes('hit'), miss: attributes('miss') });
    return lookups;
  };
}
