import type { Attributes } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { OpenBatch } from './encoding.ts';
import { writeLog } from './protobuf-log.ts';
import { lengthOf, openScope, schemaUrlField, type ScopeMessage } from './protobuf-scope.ts';
import { writeSpan } from './protobuf-span.ts';
import { writeAttributes, writeCount } from './protobuf-values.ts';
import { fieldSize, ProtobufWriter, TooLong } from './protobuf-writer.ts';
import { encodedResource } from './resource.ts';
import type { Scope, Scoped } from './scope.ts';

/** Spans for OTLP by HTTP with protobuf, and by gRPC. */
export const protobufSpans = (resource: Resource): OpenBatch<ReadableSpan> => openBatch(resource, writeSpan);

/** Log records for OTLP by HTTP with protobuf, and by gRPC. */
export const protobufLogs = (resource: Resource): OpenBatch<ReadableLogRecord> => openBatch(resource, writeLog);

/** Bytes of a buffer up to which it is kept for the next batch. */
const KEPT = 1_048_576;

/** Most spans are between 128 bytes and 16 KiB long, and most log records nearly. */
const ROOM_FOR_LENGTH = 2;

function openBatch<Item extends Scoped>(
  resource: Resource,
  write: (writer: ProtobufWriter, item: Item) => void,
): OpenBatch<Item> {
  const before = encodedResource(resource, resourceField);
  const after = schemaUrlField(resource.schemaUrl);
  /** In the order of their first items. */
  let messages = new Map<Scope, ScopeMessage>();
  /** Emptied ones of the batch before, for their buffers. A scope that no batch needs is thereby forgotten. */
  let spare: ReadonlyMap<Scope, ScopeMessage> = new Map();
  let items = 0;
  let bytes = 0;
  let isWriting = false;

  return {
    get items() {
      return items;
    },
    get bytes() {
      return bytes;
    },
    add(item, room) {
      // The getter of an attribute may end a span, whose bytes would be in the middle of ours.
      if (isWriting) throw new Error('ended while another was encoded');
      const scope = item.instrumentationScope;
      const message = messages.get(scope) ?? spare.get(scope) ?? openScope(scope);
      const writer = message.items;
      const start = writer.pos;
      const overhead = start === 0 ? fieldSize(lengthOf(message)) : 0;
      let size = 0;
      let isHeld = false;
      isWriting = true;
      try {
        writer.limitTo(room);
        writer.writeTag(2, 2);
        const at = writer.begin(ROOM_FOR_LENGTH);
        write(writer, item);
        writer.end(at, ROOM_FOR_LENGTH);
        size = writer.pos - start + overhead;
        isHeld = size <= room;
      } catch (cause) {
        if (!(cause instanceof TooLong)) throw cause;
      } finally {
        isWriting = false;
        if (!isHeld) writer.pos = start;
      }
      if (!isHeld) return false;
      if (start === 0) messages.set(scope, message);
      items++;
      bytes += size;
      return true;
    },
    seal() {
      if (items === 0) return new Uint8Array();
      const resource = before();
      let length = resource.length + after.length;
      for (const message of messages.values()) length += fieldSize(lengthOf(message));
      const request = new ProtobufWriter(fieldSize(length));
      request.writeTag(1, 2);
      request.writeVarint(length);
      request.writeRaw(resource);
      for (const message of messages.values()) {
        request.writeTag(2, 2);
        request.writeVarint(lengthOf(message));
        request.writeRaw(message.before);
        request.writeRaw(message.items.finish());
        request.writeRaw(message.after);
        message.items.clear(KEPT);
      }
      request.writeRaw(after);
      spare = messages;
      messages = new Map();
      items = 0;
      bytes = 0;
      return request.finish();
    },
  };
}

function resourceField(attributes: Attributes): Uint8Array {
  const writer = new ProtobufWriter();
  writer.writeTag(1, 2);
  const at = writer.begin();
  writeAttributes(writer, 1, attributes);
  writeCount(writer, 2, 0);
  writer.end(at);
  return writer.finish();
}
