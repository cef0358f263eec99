import type { Attributes } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import { knownAttributes } from '../../resource/known-attributes.ts';

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
