/**
 * What processes of a group say to each other after the upgrade: a length, a kind, and plain data as V8 writes it, which
 * keeps infinities and what is no number.
 */
import type { ScopeMetrics } from '@opentelemetry/sdk-metrics';

/** Every message by its kind. */
export interface Messages {
  /** By the server: you are a member. `worker` is your number. */
  readonly welcome: { readonly worker: number };
  /** By the server: what have you collected? In so many ms. */
  readonly ask: { readonly timeout: number };
  /** By a member: this. Unasked, before it ends. */
  readonly values: Values;
  /** By the server: four bytes that are the `id` of the values of this member contained in it, and the legacy, encoded. */
  readonly legacy: never;
  /** By a member, to a new server. */
  readonly kept: KeptLegacy;
  /** By a member: its application is about to listen on the port. */
  readonly letGo: null;
  /** By the server: the port is the application's from now on. */
  readonly yielded: null;
}

export interface Values {
  /** Ascends. */
  readonly id: number;
  readonly threads: readonly ThreadValues[];
}

/** `thread`: 0 is the main thread; undefined: of threads that have ended. */
export interface ThreadValues {
  readonly thread?: number;
  readonly scopeMetrics: readonly ScopeMetrics[];
}

/** What the last server has left, and the values of the member that it contains. Encoded: few of them are ever read. */
export interface KeptLegacy {
  readonly legacy: Uint8Array;
  readonly own?: Uint8Array;
}

export type Kind = keyof Messages;

const KINDS: readonly Kind[] = ['welcome', 'ask', 'values', 'legacy', 'kept', 'letGo', 'yielded'];
const HEADER = 5;
/** Bytes of a message, and of what is worth sending in one: the rest of it is small. */
export const MAX_FRAME = 32 * 1024 * 1024;
export const MAX_CONTENT = MAX_FRAME - 4096;
/** For the one line that says that something has more. */
export const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024)} MB, of at most 32`;

const v8 = (): typeof import('node:v8') => process.getBuiltinModule('node:v8');

/** Throws where it cannot be cloned. */
export const encode = (value: unknown): Buffer => v8().serialize(value);
/** Throws where it is none. */
export const decode = <T>(bytes: Uint8Array): T => v8().deserialize(bytes) as T;

/** Of a message whose content is so many bytes. */
export function headerOf(kind: Kind, length: number): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(length);
  header[4] = KINDS.indexOf(kind);
  return header;
}

/** A message whose content is encoded already. */
export const frame = (kind: Kind, content: Uint8Array): Buffer =>
  Buffer.concat([headerOf(kind, content.length), content]);

export const message = <K extends Kind>(kind: K, content: Messages[K]): Buffer => frame(kind, encode(content));

/**
 * Takes bytes as they come and gives messages, content still encoded. Throws where they are none: nothing more can be
 * understood then.
 */
export function createReader(heard: (kind: Kind, content: Buffer) => void): (bytes: Buffer) => void {
  let chunks: Buffer[] = [];
  let size = 0;
  let needed = HEADER;
  return (bytes) => {
    chunks.push(bytes);
    size += bytes.length;
    while (size >= needed) {
      let all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
      const length = all.readUInt32BE();
      const kind = KINDS[all[4]!];
      if (kind === undefined || length > MAX_FRAME) throw new Error('not a message of a group');
      const end = HEADER + length;
      if (size >= end) {
        const content = all.subarray(HEADER, end);
        all = all.subarray(end);
        size -= end;
        needed = HEADER;
        chunks = size === 0 ? [] : [all];
        heard(kind, content);
      } else {
        needed = end;
        chunks = [all];
      }
    }
  };
}
