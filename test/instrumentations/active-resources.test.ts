import { expect, test } from 'vitest';
import { createActiveResources } from '../../src/instrumentations/active-resources.ts';

test('are counted by type; a type that is gone is 0', () => {
  const lists = [['Timeout', 'TCPSocketWrap', 'Timeout'], ['TCPSocketWrap']];
  const count = createActiveResources(
    () => lists.shift() ?? [],
    () => 0,
  );
  expect(Object.fromEntries(count())).toEqual({ Timeout: 2, TCPSocketWrap: 1 });
  expect(Object.fromEntries(count())).toEqual({ Timeout: 0, TCPSocketWrap: 1 });
});

test('a count that took long is not made again before a hundred times that has passed', () => {
  let now = 0;
  let counted = 0;
  const list = (): string[] => {
    now += 20;
    return Array.from({ length: ++counted }, () => 'Timeout');
  };
  const count = createActiveResources(list, () => now);
  expect(count().get('Timeout')).toBe(1);
  now = 2019;
  expect(count().get('Timeout')).toBe(1);
  now = 2020;
  expect(count().get('Timeout')).toBe(2);
});
