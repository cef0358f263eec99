import type { Attributes } from '@opentelemetry/api';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';

/** What `encode` makes of the attributes, which are read when it is asked for; kept once all detectors have answered. */
export function encodedResource<Encoded>(
  resource: Resource,
  encode: (attributes: Attributes) => Encoded,
): () => Encoded {
  let kept: Encoded | undefined;
  return () => {
    if (kept !== undefined) return kept;
    if (resource.asyncAttributesPending === true) return encode(knownAttributes(resource));
    kept = encode(resource.attributes);
    return kept;
  };
}

/** What is known so far. The resource itself complains where its attributes are read before all of them are. */
function knownAttributes(resource: Resource): Attributes {
  const known: Record<string, unknown> = {};
  for (const [key, value] of resource.getRawAttributes()) {
    // The first of a name wins.
    if (!isPending(value) && !Object.hasOwn(known, key)) known[key] = value;
  }
  return resourceFromAttributes(known).attributes;
}

const isPending = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
