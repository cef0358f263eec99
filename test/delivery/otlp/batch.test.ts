/** What an open batch takes, gives back, and does not let its items do to each other. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { diag, DiagLogLevel, type Attributes } from '@opentelemetry/api';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, test } from 'vitest';
import type { OpenBatch } from '../../../src/delivery/otlp/encoding.ts';
import { jsonLogs, jsonSpans } from '../../../src/delivery/otlp/json.ts';
import { protobufLogs, protobufSpans } from '../../../src/delivery/otlp/protobuf.ts';
import { decodeProtobuf, logsOf, spansOf, type Log, type Message, type Span } from '../../support/otlp.ts';
import { randomItems } from './random-items.ts';

const resource = resourceFromAttributes({ 'service.name': 'test' });
const { span, log } = randomItems(7, resource);
const fromJson = (body: Uint8Array): Message => JSON.parse(new TextDecoder().decode(body)) as Message;

interface Encoding<Item, Read> {
  readonly open: (resource: Resource) => OpenBatch<Item>;
  /** Throws where a receiver would refuse the request. */
  readonly read: (body: Uint8Array) => readonly Read[];
  readonly make: (changes?: object) => Item;
}

const makeSpan = (changes: object = {}): ReadableSpan => ({ ...span(), ...changes });
const makeLog = (changes: object = {}): ReadableLogRecord => ({ ...log(), ...changes });

const ofSpans: readonly (readonly [string, Encoding<ReadableSpan, Span>])[] = [
  ['protobuf spans', { open: protobufSpans, read: (body) => spansOf(decodeProtobuf('traces', body)), make: makeSpan }],
  ['JSON spans', { open: jsonSpans, read: (body) => spansOf(fromJson(body)), make: makeSpan }],
];
const ofLogs: readonly (readonly [string, Encoding<ReadableLogRecord, Log>])[] = [
  ['protobuf log records', { open: protobufLogs, read: (body) => logsOf(decodeProtobuf('logs', body)), make: makeLog }],
  ['JSON log records', { open: jsonLogs, read: (body) => logsOf(fromJson(body)), make: makeLog }],
];

const scope = { name: 'one', version: '1' };

const throwing = (): never => {
  throw new Error('hostile');
};

/** What `add` throws for. */
const HOSTILE: Readonly<Record<string, object>> = {
  'an attribute with a getter that throws': {
    attributes: Object.defineProperty({ fine: 1 }, 'bad', { enumerable: true, get: throwing }),
  },
  'a getter far inside': {
    attributes: { outer: [{ inner: Object.defineProperty({}, 'bad', { enumerable: true, get: throwing }) }] },
  },
  'a revoked proxy': { attributes: { proxy: revoked() } },
  'attributes that cannot be listed': { attributes: new Proxy({}, { ownKeys: throwing }) },
  'a scope that cannot be read': {
    instrumentationScope: { name: 'new', attributes: new Proxy({}, { ownKeys: throwing }) },
  },
  'no scope': { instrumentationScope: undefined },
};

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function both(check: <Item, Read>(encoding: Encoding<Item, Read>) => void | Promise<void>): void {
  for (const [name, encoding] of ofSpans) test(name, () => check(encoding));
  for (const [name, encoding] of ofLogs) test(name, () => check(encoding));
}

const expectSame = (body: Uint8Array, other: Uint8Array): void => expect(Buffer.compare(body, other)).toBe(0);

describe('an item that needs more room changes nothing', () => {
  both(({ open, make }) => {
    const [batch, control] = [open(resource), open(resource)];
    const items = Array.from({ length: 20 }, () => make());
    for (const item of items) {
      expect(batch.add(item, 20)).toBe(false);
      expect(
        batch.add(
          make({ attributes: { large: 'x'.repeat(1_000_000), list: Array.from({ length: 100_000 }) } }),
          500_000,
        ),
      ).toBe(false);
      expect(batch.add(make({ instrumentationScope: { name: 'unused' } }), 20)).toBe(false);
      const before = batch.bytes;
      expect(batch.add(item, Infinity)).toBe(true);
      const size = batch.bytes - before;
      expect(control.add(item, size - 1)).toBe(false);
      expect(control.add(item, size)).toBe(true);
      expect([batch.items, batch.bytes]).toEqual([control.items, control.bytes]);
    }
    expect(batch.items).toBe(20);
    expectSame(batch.seal(), control.seal());
  });
});

describe('what is held is about what is sent', () => {
  both(({ open, make }) => {
    const batch = open(resource);
    const changes = { attributes: { ascii: 'only' }, events: [], links: [], name: '', status: { code: 0 } };
    const more = { body: 'text', severityText: 'INFO', eventName: '', instrumentationScope: scope };
    for (let i = 0; i < 300; i++) batch.add(make({ ...changes, ...more }), Infinity);
    const { bytes } = batch;
    const { length } = batch.seal();
    expect(length - bytes).toBeGreaterThan(0);
    expect(length - bytes).toBeLessThan(300);
  });
});

describe('a hostile item costs itself alone', () => {
  both(({ open, make, read }) => {
    const [batch, control] = [open(resource), open(resource)];
    const items = Array.from({ length: 10 }, () => make());
    for (const item of items) {
      for (const [name, changes] of Object.entries(HOSTILE)) {
        expect(() => batch.add(make(changes), Infinity), name).toThrow();
        expect([batch.items, batch.bytes]).toEqual([control.items, control.bytes]);
      }
      batch.add(item, Infinity);
      control.add(item, Infinity);
    }
    const body = batch.seal();
    expectSame(body, control.seal());
    expect(read(body)).toHaveLength(10);
  });
});

describe('an item that ends while another is encoded does not get into it', () => {
  both(({ open, make, read }) => {
    const batch = open(resource);
    const reentrant = make({
      instrumentationScope: scope,
      attributes: {
        get reads(): string {
          try {
            batch.add(make({ instrumentationScope: scope }), Infinity);
          } catch {
            // It is the inner one that is lost, if one is.
          }
          return 'value';
        },
      },
    });
    expect(batch.add(reentrant, Infinity)).toBe(true);
    expect(batch.add(make({ instrumentationScope: scope }), Infinity)).toBe(true);
    const { items } = batch;
    const found = read(batch.seal());
    expect(found).toHaveLength(items);
    expect(found.map((item) => (item as { readonly attributes: Attributes }).attributes['reads'])).toContain('value');
  });
});

const ZERO = /^0*$/;

describe('ids that are none are left out', () => {
  for (const [name, { open, read }] of ofSpans) {
    test(name, () => {
      const batch = open(resource);
      const bad = { traceId: 'abc', spanId: 'much too long for an id', traceFlags: 1 };
      batch.add(makeSpan({ links: [{ context: bad }], parentSpanContext: bad }), Infinity);
      batch.add(makeSpan(), Infinity);
      const [first, second] = read(batch.seal());
      expect(first!.parentSpanId).toMatch(ZERO);
      expect(first!.links).toMatchObject([
        { traceId: expect.stringMatching(ZERO), spanId: expect.stringMatching(ZERO) },
      ]);
      expect(second).toBeDefined();
    });
  }
  test('characters that are no digits, in JSON', () => {
    const batch = jsonLogs(resource);
    batch.add(makeLog({ spanContext: { traceId: 'z'.repeat(32), spanId: '"'.repeat(16), traceFlags: 0 } }), Infinity);
    expect(logsOf(fromJson(batch.seal()))).toMatchObject([{ traceId: '', spanId: '' }]);
  });
});

describe('what is in the place of a text or a number is made one', () => {
  for (const [name, { open, read }] of ofSpans) {
    test(name, () => {
      const batch = open(resource);
      batch.add(
        makeSpan({
          name: 42,
          kind: undefined,
          status: { code: 2, message: { toString: () => 'said' } },
          droppedEventsCount: NaN,
          droppedLinksCount: undefined,
        }),
        Infinity,
      );
      expect(read(batch.seal())).toMatchObject([
        {
          name: '42',
          kind: 'unspecified',
          status: { code: 'error', message: 'said' },
          dropped: { events: 0, links: 0 },
        },
      ]);
    });
  }
  for (const [name, { open, read }] of ofLogs) {
    test(name, () => {
      const batch = open(resource);
      batch.add(makeLog({ severityText: 30, severityNumber: 9.5, eventName: undefined }), Infinity);
      expect(read(batch.seal())).toMatchObject([{ severityText: '30', severityNumber: 9, eventName: '' }]);
    });
  }
});

test('a time before 1970 is a fixed64 all the same', () => {
  const changes = { startTime: [-1, 0], endTime: [1.7, 5.9] };
  const [protobuf, json] = [protobufSpans(resource), jsonSpans(resource)];
  protobuf.add(makeSpan(changes), Infinity);
  json.add(makeSpan(changes), Infinity);
  const [inProtobuf] = spansOf(decodeProtobuf('traces', protobuf.seal()));
  const [inJson] = spansOf(fromJson(json.seal()));
  expect([inJson!.start, inJson!.end]).toEqual([2n ** 64n - 1_000_000_000n, 1_000_000_005n]);
  expect([inProtobuf!.end]).toEqual([inJson!.end]);
});

test('text with half a surrogate pair is valid UTF-8, in both encodings the same', () => {
  const changes = { name: 'a\uD800b', attributes: { '\uDC00': '\uD83D' } };
  for (const [, { open, read }] of ofSpans) {
    const batch = open(resource);
    batch.add(makeSpan(changes), Infinity);
    expect(read(batch.seal())).toMatchObject([{ name: 'a\uFFFDb', attributes: { '\uFFFD': '\uFFFD' } }]);
  }
});

test('numbers that JSON has not, and whole ones of more than 64 bits', () => {
  const batch = jsonSpans(resource);
  batch.add(makeSpan({ attributes: { not: NaN, more: Infinity, less: -Infinity, large: 2 ** 63 } }), Infinity);
  const text = new TextDecoder().decode(batch.seal());
  for (const value of ['"NaN"', '"Infinity"', '"-Infinity"', String(2 ** 63)]) {
    expect(text).toContain(`{"doubleValue":${value}}`);
  }
});

describe('attributes of detectors come late', () => {
  both(async ({ open, make, read }) => {
    const complaints: unknown[] = [];
    const complain = (...about: unknown[]): void => void complaints.push(about);
    diag.setLogger({ error: complain, warn: complain, info() {}, debug() {}, verbose() {} }, DiagLogLevel.ALL);
    const detector = Promise.withResolvers<string>();
    const failed = Promise.reject(new Error('not found'));
    const late = resourceFromAttributes({ late: detector.promise, failed, name: detector.promise, early: 0 }).merge(
      resourceFromAttributes({ early: 1, name: 'set' }),
    );
    const batch = open(late);
    const sealed = (): unknown => {
      batch.add(make(), Infinity);
      return (read(batch.seal())[0] as { readonly resource: unknown }).resource;
    };
    expect(sealed()).toEqual({ early: 1, name: 'set' });
    expect(complaints).toEqual([]);
    diag.disable();
    batch.add(make(), Infinity);
    detector.resolve('found');
    await late.waitForAsyncAttributes!();
    const complete = { early: 1, name: 'set', late: 'found' };
    expect(sealed()).toEqual(complete);
    expect(sealed()).toEqual(complete);
  });
});

describe('attributes of the resource are read when a batch is sealed, and once', () => {
  both(({ open, make }) => {
    let reads = 0;
    const counted = Object.create(resource, { attributes: { get: () => (reads++, { read: true }) } }) as Resource;
    const batch = open(counted);
    batch.add(make(), Infinity);
    expect(reads).toBe(0);
    batch.seal();
    batch.add(make(), Infinity);
    batch.seal();
    expect(reads).toBe(1);
  });
});

describe('a scope that nothing comes from any more is forgotten', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  both(async ({ open, make }) => {
    const batch = open(resource);
    const addFrom = (instrumentationScope: object): WeakRef<object> => {
      batch.add(make({ instrumentationScope }), Infinity);
      return new WeakRef(instrumentationScope);
    };
    const forgotten = addFrom({ name: 'short-lived' });
    for (let round = 0; round < 2; round++) {
      batch.seal();
      addFrom(scope);
    }
    // A reference is kept until the turn of the event loop in which it was made is over.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(forgotten.deref()).toBeUndefined();
    expect(batch.items).toBe(1);
  });
});

test('a batch that was sealed is not written to any more', () => {
  const batch = protobufSpans(resource);
  batch.add(makeSpan(), Infinity);
  const body = batch.seal();
  const before = Buffer.from(body);
  for (let i = 0; i < 100; i++) batch.add(makeSpan(), Infinity);
  expect(Buffer.compare(body, before)).toBe(0);
});
