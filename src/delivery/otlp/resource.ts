import type { Attributes } from '@opentelemetry/api';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';

/** What `encode` makes of the attributes, read when it is asked for; kept once all detectors have answered. */
export function encodedResource<Encoded>(
  resource: Resource,
  encode: (attributes: Attributes) => Encoded,
): () => Encoded {
  let kept: Encoded | undefined;
  return () => {
    if (kept !== undefined) return kept;
    if (resource.asyncAttributesPending === true) return encode(known(resource));
    kept = encode(resource.attributes);
    return kept;
  };
}

/** Those that no detector has still to find. The resource itself would complain to be asked so early. */
function known(resource: Resource): Attributes {
  const attributes: Attributes = {};
  for (const [key, value] of resource.getRawAttributes()) {
    // The first wins.
    if (!(value instanceof Promise) && !Object.hasOwn(attributes, key)) attributes[key] = value;
  }
  return resourceFromAttributes(attributes).attributes;
}
