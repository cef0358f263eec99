import { expect, test } from 'vitest';
import { fields, readAnswer } from '../../src/delivery/answer.ts';

const PROTOBUF = 'application/x-protobuf';
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
/** `partial_success { rejected: 300, message: "no" }` */
const PARTIAL = bytes(0x0a, 7, 0x08, 0xac, 0x02, 0x12, 2, 0x6e, 0x6f);

test.each([
  ['nothing at all', bytes(), PROTOBUF],
  ['nothing, as a page', bytes(), 'text/html'],
  ['an empty object', Buffer.from('{}'), 'application/json'],
  ['JSON of no type', Buffer.from('{}'), ''],
  ['a full success in JSON', Buffer.from('{"partialSuccess":{}}'), 'application/json; charset=utf-8'],
  ['fields nobody knows', bytes(0x18, 1, 0x22, 1, 0x41), PROTOBUF],
])('%s is a success', (_what, body, type) => {
  expect(readAnswer(body, type)).toEqual({ kind: 'delivered', rejected: 0 });
});

test.each([
  ['protobuf', PARTIAL, PROTOBUF],
  ['JSON', Buffer.from('{"partialSuccess":{"rejectedLogRecords":"300","errorMessage":"no"}}'), 'application/json'],
])('a partial success in %s says how many were rejected, and why', (_what, body, type) => {
  expect(readAnswer(body, type)).toEqual({ kind: 'delivered', rejected: 300, reason: 'no' });
});

test.each([
  ['a page', Buffer.from('<!doctype html><html></html>'), 'text/html'],
  ['a word', Buffer.from('ok'), 'text/plain'],
  ['JSON that is none', Buffer.from('{'), 'application/json'],
  ['null', Buffer.from('null'), 'application/json'],
  ['half a message', PARTIAL.subarray(0, 5), PROTOBUF],
])('%s is no answer', (_what, body, type) => {
  expect(readAnswer(body, type)).toMatchObject({ kind: 'failed', fault: 'garbled' });
});

test.each([-1, Number.NaN, 1e300, 'many'])(
  'a hostile number of rejected items (%s) counts as none',
  (rejectedSpans) => {
    const body = Buffer.from(JSON.stringify({ partialSuccess: { rejectedSpans } }));
    expect(readAnswer(body, 'application/json')).toMatchObject({ kind: 'delivered', rejected: 0 });
  },
);

test('random bytes throw or end, and never hang', () => {
  let seed = 1;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647);
  for (let i = 0; i < 20_000; i++) {
    const noise = Uint8Array.from({ length: random() % 40 }, () => random() % 256);
    try {
      expect([...fields(noise)].length).toBeLessThanOrEqual(noise.length);
    } catch (cause) {
      expect(String(cause)).toMatch(/^Error: (cut off|no field|no number|no type)$/);
    }
  }
});
