import type { Attributes } from '@opentelemetry/api';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';

/** What is known so far. The resource itself complains where its attributes are read before all of them are. */
export function knownAttributes(resource: Resource): Attributes {
  if (resource.asyncAttributesPending !== true) return resource.attributes;
  const known: Record<string, unknown> = {};
  for (const [key, value] of resource.getRawAttributes()) {
    // The first of a name wins.
    if (!isPending(value) && !Object.hasOwn(known, key)) known[key] = value;
  }
  return resourceFromAttributes(known).attributes;
}

const isPending = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
