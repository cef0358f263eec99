import { expect, test } from 'vitest';
import { TraceState } from '../../src/propagation/trace-state.ts';

const members = (count: number): string => Array.from({ length: count }, (_, index) => `k${index}=v`).join(',');

test('what is set goes to the front', () => {
  const state = new TraceState('a=1,b=2');
  expect(state.set('c', '3').serialize()).toBe('c=3,a=1,b=2');
  expect(state.set('b', '3').serialize()).toBe('b=3,a=1');
  expect(state.serialize()).toBe('a=1,b=2');
  expect(new TraceState('').set('a', '1').serialize()).toBe('a=1');
});

test('what is unset is gone', () => {
  const state = new TraceState('a=1,b=2');
  expect(state.unset('a').serialize()).toBe('b=2');
  expect(state.unset('a').get('a')).toBeUndefined();
  expect(state.unset('c')).toBe(state);
});

test('what is read', () => {
  expect(new TraceState('a=1,b=2').get('b')).toBe('2');
  expect(new TraceState('a=1').get('toString')).toBeUndefined();
});

test.each([
  ['A', '1'],
  ['', '1'],
  ['a=b', '1'],
  [' a', '1'],
  ['a', ''],
  ['a', ' '],
  ['a', '1 '],
  ['a', '1,b=2'],
  ['a', '1=2'],
  ['a', '1\r\nx: y'],
  ['a', '\u20ac'],
  ['a', 'v'.repeat(257)],
])('%j cannot be set to %j', (key, value) => {
  const state = new TraceState('z=1');
  expect(state.set(key, value)).toBe(state);
});

test('the last of 32 makes way for a new one', () => {
  expect(new TraceState(members(32)).set('new', '1').serialize()).toBe(`new=1,${members(31)}`);
});

test('of too many characters, the last of the long ones go first, and no more than must', () => {
  const long = (key: string): string => `${key}=${'v'.repeat(150)}`;
  const header = ['s=1', long('a'), long('b'), long('c'), long('d'), 't=2'];
  expect(new TraceState(header.join(',')).serialize()).toBe(['s=1', long('a'), long('b'), long('c'), 't=2'].join(','));
});

test('of too many characters in short ones, the last go', () => {
  const short = Array.from({ length: 6 }, (_, index) => `k${index}=${'v'.repeat(100)}`);
  expect(new TraceState(short.join(',')).serialize()).toBe(short.slice(0, 4).join(','));
});

test('megabytes of nonsense are read in no time to speak of', () => {
  for (const nonsense of [' ', 'a', ',', '=', 'a=', 'a= ', 'a=! '])
    expect(new TraceState(`k=v,${nonsense.repeat(1_000_000)}\u20ac`).serialize()).toBe('k=v');
});
