import {
  baggageEntryMetadataFromString,
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  type BaggageEntry,
} from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { expect, test } from 'vitest';
import { baggage } from '../../src/propagation/baggage.ts';

const extracted = (given: unknown): [key: string, entry: BaggageEntry][] | undefined =>
  propagation.getBaggage(baggage.extract(ROOT_CONTEXT, { baggage: given }, defaultTextMapGetter))?.getAllEntries();

function injected(entries: Record<string, BaggageEntry>, context = ROOT_CONTEXT): string | undefined {
  const carrier: { baggage?: string } = {};
  baggage.inject(propagation.setBaggage(context, propagation.createBaggage(entries)), carrier, defaultTextMapSetter);
  return carrier.baggage;
}

test('a context with no header, and one with no member, is the one that was given', () => {
  for (const given of [undefined, '', [], ',;=', null, 7])
    expect(baggage.extract(ROOT_CONTEXT, { baggage: given }, defaultTextMapGetter)).toBe(ROOT_CONTEXT);
});

test('carriers with lists of values', () => {
  expect(extracted(['a=1', 'b=2'])).toEqual([
    ['a', { value: '1' }],
    ['b', { value: '2' }],
  ]);
});

test.each([
  ['%41', 'A'],
  ['100%', '100%'],
  ['%zz%41', '%zzA'],
  ['%ff%41', '\ufffdA'],
  ['%c3', '\ufffd'],
  ['a+b', 'a+b'],
  ['"a b"', '"a b"'],
])('the value %j is read as %j', (given, value) => {
  expect(extracted(`k=${given}`)).toEqual([['k', { value }]]);
});

test.each(['a b=1', 'a,b', '"a"=1', 'a(b)=1', '\u00e9=1', 'a;b=1', '=1', ';a=1'])('%j is no member', (member) => {
  expect(extracted(`${member},ok=1`)).toEqual([['ok', { value: '1' }]]);
});

test('properties are read, and written, as they are', () => {
  const [[, { metadata }]] = extracted('k=v ; p = 1 ; q') as [[string, BaggageEntry]];
  expect(String(metadata)).toBe('p = 1 ; q');
  expect(injected({ k: { value: 'v', metadata: metadata! } })).toBe('k=v;p = 1 ; q');
});

test.each(['a,b=2', '\r\nx: y', '\u20ac', '\u0000', ''])('metadata %j stays here', (text) => {
  expect(injected({ k: { value: 'v', metadata: baggageEntryMetadataFromString(text) } })).toBe('k=v');
});

test.each([
  ['a b', 'a%20b'],
  ['(a)', '%28a%29'],
  ['a=b,c;d', 'a%3Db%2Cc%3Bd'],
  ['\u20ac\ud83d\ude00', '%E2%82%AC%F0%9F%98%80'],
  ['\ud83d', '%EF%BF%BD'],
  ['a%41', 'a%41'],
])('the key %j is sent as %j', (key, sent) => {
  expect(injected({ [key]: { value: '1' } })).toBe(`${sent}=1`);
});

test.each([
  ['50% "off", a\\b;c', '50%25%20%22off%22%2C%20a%5Cb%3Bc'],
  ['\u20ac\ud83d\ude00', '%E2%82%AC%F0%9F%98%80'],
  ['\ud83d', '%EF%BF%BD'],
  ['\r\n\t\u0000', '%0D%0A%09%00'],
  ['', ''],
  ["https://a.example/b?c=d&e=[1]#'f'", "https://a.example/b?c=d&e=[1]#'f'"],
])('the value %j is sent as %j', (value, sent) => {
  expect(injected({ k: { value } })).toBe(`k=${sent}`);
  if (value !== '\ud83d') expect(extracted(`k=${sent}`)).toEqual([['k', { value }]]);
});

test('values that are no text, as JavaScript lets one write them', () => {
  expect(injected({ k: { value: 7 as unknown as string } })).toBe('k=7');
});

test('what does not fit leaves room for what does', () => {
  expect(injected({ big: { value: 'v'.repeat(8189) }, small: { value: '1' } })).toBe('small=1');
  expect(injected({ big: { value: 'v'.repeat(8188) }, small: { value: '1' } })).toBe(`big=${'v'.repeat(8188)}`);
});

test('nothing is sent where there is none, nor where nothing is traced', () => {
  expect(injected({})).toBeUndefined();
  expect(injected({ '': { value: '1' } })).toBeUndefined();
  expect(injected({ k: { value: '1' } }, suppressTracing(ROOT_CONTEXT))).toBeUndefined();
});

test('its fields', () => {
  expect(baggage.fields()).toEqual(['baggage']);
});

test('an entry that is none costs itself', () => {
  const unreadable = {
    get value(): string {
      throw new Error('no');
    },
  };
  const odd = { metadata: { toString: () => Symbol('odd') } };
  const entries = { a: { value: '1' }, b: null, c: unreadable, d: { value: '2', ...odd }, e: { value: '3' } };
  expect(injected(entries as never)).toBe('a=1,e=3');
});
