import { writeAttributes, writeCount, writeText } from './protobuf-values.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import type { Scope } from './scope.ts';

/** A `ScopeSpans` or a `ScopeLogs` in the making: their fields have the same numbers. */
export interface ScopeMessage {
  /** The fields before and after the items. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** Each with its tag and its length. */
  readonly items: ProtobufWriter;
}

export const openScope = (scope: Scope): ScopeMessage => ({
  before: scopeField(scope),
  after: schemaUrlField(scope.schemaUrl),
  items: new ProtobufWriter(),
});

export const lengthOf = ({ before, items, after }: ScopeMessage): number => before.length + items.pos + after.length;

function scopeField({ name, version, attributes, droppedAttributesCount }: Scope): Uint8Array {
  const writer = new ProtobufWriter(128);
  writer.writeTag(1, 2);
  const at = writer.begin();
  writeText(writer, 1, name);
  if (version) writeText(writer, 2, version);
  writeAttributes(writer, 3, attributes);
  if (droppedAttributesCount) writeCount(writer, 4, droppedAttributesCount);
  writer.end(at);
  return writer.finish();
}

/** Of a scope's message; that of the resource has it by the same number. */
export function schemaUrlField(url: string | undefined): Uint8Array {
  if (!url) return new Uint8Array();
  const writer = new ProtobufWriter(128);
  writeText(writer, 3, url);
  return writer.finish();
}
