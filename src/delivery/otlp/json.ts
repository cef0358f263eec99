import type { Attributes } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { OpenBatch } from './encoding.ts';
import { logOf } from './json-log.ts';
import { spanOf } from './json-span.ts';
import { attributesOf, countOf, fieldOf, textOf } from './json-values.ts';
import { encodedResource } from './resource.ts';
import type { Scope, Scoped } from './scope.ts';

/** Spans for OTLP by HTTP with JSON. */
export const jsonSpans = (resource: Resource): OpenBatch<ReadableSpan> =>
  openBatch(resource, { resources: 'resourceSpans', scopes: 'scopeSpans', items: 'spans' }, spanOf);

/** Log records for OTLP by HTTP with JSON. */
export const jsonLogs = (resource: Resource): OpenBatch<ReadableLogRecord> =>
  openBatch(resource, { resources: 'resourceLogs', scopes: 'scopeLogs', items: 'logRecords' }, logOf);

/** Of the lists of a request, from the outermost. */
interface Names {
  readonly resources: string;
  readonly scopes: string;
  readonly items: string;
}

function openBatch<Item extends Scoped>(
  resource: Resource,
  names: Names,
  encode: (item: Item) => string,
): OpenBatch<Item> {
  const described = encodedResource(resource, resourceFields(resource.schemaUrl));
  /** Of each scope all but the end, in the order of their first items. */
  let texts = new Map<Scope, string>();
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
      const before = texts.get(scope);
      const more = (before === undefined ? `{${scopeFields(scope)},"${names.items}":[` : ',') + encode(item);
      if (more.length > room) return false;
      texts.set(scope, before === undefined ? more : before + more);
      items++;
      bytes += more.length;
      return true;
    },
    seal() {
      const scopes = [...texts.values()].map((text) => `${text}]}`).join(',');
      const group = items === 0 ? '' : `{${described()},"${names.scopes}":[${scopes}]}`;
      texts = new Map();
      items = 0;
      bytes = 0;
      return new TextEncoder().encode(`{"${names.resources}":[${group}]}`);
    },
  };
}

/** Upstream says the schema within the resource too, where OTLP has no such field. */
const resourceFields =
  (schemaUrl: string | undefined) =>
  (attributes: Attributes): string => {
    const schema = schemaUrl ? fieldOf('schemaUrl', schemaUrl) : '';
    return `"resource":{"attributes":${attributesOf(attributes)},"droppedAttributesCount":0${schema}}${schema}`;
  };

function scopeFields({ name, version, attributes, droppedAttributesCount, schemaUrl }: Scope): string {
  const more =
    attributes === undefined || Object.keys(attributes).length === 0
      ? ''
      : `,"attributes":${attributesOf(attributes)},"droppedAttributesCount":${countOf(droppedAttributesCount)}`;
  return `"scope":{"name":${textOf(name)}${fieldOf('version', version)}${more}}${fieldOf('schemaUrl', schemaUrl)}`;
}
