import type { Attributes } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { OpenBatch } from './encoding.ts';
import { logMessage } from './json-log.ts';
import { spanMessage } from './json-span.ts';
import { attributesOf, countOf, optionalTextOf, textOf, type Message } from './json-values.ts';
import { encodedResource } from './resource.ts';
import type { Scope, Scoped } from './scope.ts';

/** Spans for OTLP by HTTP with JSON. */
export const jsonSpans = (resource: Resource): OpenBatch<ReadableSpan> =>
  openBatch(resource, { resources: 'resourceSpans', scopes: 'scopeSpans', items: 'spans' }, spanMessage);

/** Log records for OTLP by HTTP with JSON. */
export const jsonLogs = (resource: Resource): OpenBatch<ReadableLogRecord> =>
  openBatch(resource, { resources: 'resourceLogs', scopes: 'scopeLogs', items: 'logRecords' }, logMessage);

/** Of the lists of a request, from the outermost. */
interface Names {
  readonly resources: string;
  readonly scopes: string;
  readonly items: string;
}

function openBatch<Item extends Scoped>(
  resource: Resource,
  names: Names,
  messageOf: (item: Item) => Message,
): OpenBatch<Item> {
  const schemaUrl = resource.schemaUrl || undefined;
  const before = encodedResource(resource, (attributes) =>
    opened(resourceMessage(attributes, schemaUrl), names.scopes),
  );
  /** For each scope, in the order of their first items: its message but for the end. */
  let scopes = new Map<Scope, string>();
  let items = 0;
  let bytes = 0;

  return {
    get items() {
      return items;
    },
    get bytes() {
      return bytes;
    },
    add(item, room) {
      const scope = item.instrumentationScope;
      // Before anything is read here: the getter of an attribute may end a span.
      const encoded = JSON.stringify(messageOf(item));
      const earlier = scopes.get(scope);
      const head = earlier === undefined ? opened(scopeMessage(scope), names.items) : ',';
      const text = head + encoded;
      if (text.length > room) return false;
      scopes.set(scope, (earlier ?? '') + text);
      items++;
      bytes += text.length;
      return true;
    },
    seal() {
      const inner = [...scopes.values()].map((text) => `${text}]}`).join(',');
      const outer = items === 0 ? '' : `${before()}${inner}]}`;
      scopes = new Map();
      items = 0;
      bytes = 0;
      return new TextEncoder().encode(`{"${names.resources}":[${outer}]}`);
    },
  };
}

/** A message, up to the first item of a list that is its last field. */
const opened = (message: Message, list: string): string => JSON.stringify({ ...message, [list]: [] }).slice(0, -2);

/** Upstream says the schema in `resource` too. */
const resourceMessage = (attributes: Attributes, schemaUrl: string | undefined): Message => ({
  resource: { attributes: attributesOf(attributes), droppedAttributesCount: 0, schemaUrl },
  schemaUrl,
});

function scopeMessage({ name, version, attributes, droppedAttributesCount, schemaUrl }: Scope): Message {
  const described = attributesOf(attributes);
  return {
    scope: {
      name: textOf(name),
      version: optionalTextOf(version),
      ...(described.length > 0 && {
        attributes: described,
        droppedAttributesCount: countOf(droppedAttributesCount),
      }),
    },
    schemaUrl: optionalTextOf(schemaUrl),
  };
}
