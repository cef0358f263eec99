/** Spans and log records of all that may be in them, the same ones for the same seed. */
import { createTraceState, type Attributes, type SpanContext } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { randomness } from '../../support/randomness.ts';

const LOWER = Array.from('0123456789abcdef');
const UPPER = Array.from('ABCDEF');

const TEXTS = [
  '',
  'GET',
  '/users/:id',
  'größe',
  '汉字 and ASCII',
  '😀',
  'half \uD83D of a pair',
  '\uDE00',
  '"quoted" \\ and \u0000\u0007\u001f\u007f\u2028',
  'x'.repeat(127),
  'x'.repeat(128),
  'é'.repeat(64),
  '€'.repeat(43),
  'long '.repeat(1000),
  '長'.repeat(6000),
];

const KEYS = ['http.route', 'a', '', 'größe', '__proto__', 'constructor', 'toJSON', '7', 'k'.repeat(100), '\uD800'];

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  127,
  128,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  2 ** 53 + 2,
  -(2 ** 60),
  -(2 ** 63),
  2 ** 63,
  2 ** 63 - 1024,
  1e21,
  -1e300,
  0.1,
  -1.5e-9,
  Number.MIN_VALUE,
  NaN,
  Infinity,
  -Infinity,
];

class Instance {
  readonly own = 'field';
  get inherited(): string {
    return 'not a field';
  }
}

/** What the SDK takes out of attributes comes in the bodies of log records, and from processors. */
const ODDITIES: readonly unknown[] = [
  null,
  undefined,
  7n,
  Symbol('symbol'),
  () => 1,
  new Date(0),
  new Instance(),
  Object.assign(Object.create(null) as object, { bare: true }),
  Object.create({ inherited: true }),
  new Map([['a', 1]]),
  // oxlint-disable-next-line no-sparse-arrays
  [1, , 3],
  Object.assign([1, 2], { named: 'no entry' }),
  new Float64Array([1.5]),
  { toJSON: () => 'not asked' },
];

export interface Items {
  span(): ReadableSpan;
  log(): ReadableLogRecord;
}

export function randomItems(seed: number, resource: Resource): Items {
  const { below, pick, chance } = randomness(seed);
  const several = <T>(make: () => T, most: number): T[] => Array.from({ length: below(most + 1) }, make);
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => pick(chance(0.02) ? UPPER : LOWER)).join('');
  const text = (): string => (chance(0.3) ? pick(TEXTS) : `${pick(TEXTS.slice(0, 7))}${below(1e6)}`);
  const time = (): [number, number] => [chance(0.1) ? 1 + below(1e6) : 1_700_000_000 + below(1e9), below(1e9)];
  const dropped = (): number => (chance(0.8) ? 0 : below(300));

  function value(depth = 0): unknown {
    const kind = below(depth > 3 ? 8 : 10);
    if (kind < 3) return text();
    if (kind < 5) return chance(0.5) ? below(2 ** 31) : pick(NUMBERS);
    if (kind === 5) return chance(0.5);
    if (kind === 6) return bytes();
    if (kind === 7) return pick(ODDITIES);
    if (kind === 8) return several(() => value(depth + 1), 5);
    return attributes(4, depth + 1);
  }
  function bytes(): Uint8Array {
    const content = several(() => below(256), 200);
    return chance(0.5) ? Uint8Array.from(content) : Buffer.from(content);
  }
  function attributes(most: number, depth = 0): Attributes {
    const result: Record<string, unknown> = {};
    for (let left = below(most + 1); left > 0; left--) {
      const key = chance(0.3) ? pick(KEYS) : `key.${below(5000)}`;
      Object.defineProperty(result, key, { value: value(depth), enumerable: true, configurable: true });
    }
    return result;
  }
  const context = (): SpanContext => ({
    traceId: hex(32),
    spanId: hex(16),
    traceFlags: below(4),
    ...(chance(0.5) && { isRemote: chance(0.5) }),
    ...(chance(0.3) && { traceState: createTraceState(pick(['', 'a=1', 'vendor=opaque,other=x@y'])) }),
  });

  const scopes: ReadableLogRecord['instrumentationScope'][] = Array.from({ length: 40 }, (_, index) => ({
    name: index === 0 ? '' : `${pick(['@opentelemetry/instrumentation-http', 'größe', 'app'])} ${index}`,
    ...(chance(0.5) && { version: pick(['', '1.2.3']) }),
    ...(chance(0.3) && { schemaUrl: pick(['', 'https://opentelemetry.io/schemas/1.40.0']) }),
    ...(chance(0.3) && { attributes: attributes(3), droppedAttributesCount: dropped() }),
  }));
  const scope = (): (typeof scopes)[number] => (chance(0.5) ? scopes[0]! : pick(scopes));

  return {
    span() {
      const own = context();
      return {
        name: text(),
        kind: below(5),
        spanContext: () => own,
        ...(chance(0.6) && { parentSpanContext: chance(0.1) ? { ...context(), spanId: '' } : context() }),
        startTime: time(),
        endTime: time(),
        duration: [0, 0],
        ended: true,
        status: { code: below(3), ...(chance(0.3) && { message: text() }) },
        attributes: attributes(20),
        events: several(
          () => ({
            name: text(),
            time: time(),
            ...(chance(0.7) && { attributes: attributes(4), droppedAttributesCount: dropped() }),
          }),
          chance(0.3) ? 4 : 0,
        ),
        links: several(
          () => ({
            context: context(),
            ...(chance(0.7) && { attributes: attributes(4), droppedAttributesCount: dropped() }),
          }),
          chance(0.2) ? 4 : 0,
        ),
        droppedAttributesCount: dropped(),
        droppedEventsCount: dropped(),
        droppedLinksCount: dropped(),
        instrumentationScope: scope(),
        resource,
      };
    },
    log: () => ({
      hrTime: time(),
      hrTimeObserved: time(),
      ...(chance(0.7) && { spanContext: context() }),
      ...(chance(0.7) && { severityText: pick(['', 'INFO', 'größe']) }),
      ...(chance(0.7) && { severityNumber: below(25) }),
      ...(chance(0.9) && { body: value() }),
      ...(chance(0.3) && { eventName: text() }),
      attributes: attributes(8),
      droppedAttributesCount: dropped(),
      instrumentationScope: scope(),
      resource,
    }),
  };
}
