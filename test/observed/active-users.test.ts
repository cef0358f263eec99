import { expect, test } from 'vitest';
import { countUsers } from '../../src/metrics/active-users.ts';

const MINUTE = 60_000;

test('who was seen within five minutes is counted once', () => {
  const users = countUsers();
  users.mark('a', 0);
  users.mark('b', MINUTE);
  users.mark('a', 2 * MINUTE);
  expect(users.size(2 * MINUTE)).toBe(2);
  expect(users.size(6 * MINUTE)).toBe(1);
  expect(users.size(7 * MINUTE)).toBe(0);
});

test('who is marked all the time stays, also where he is not moved each time', () => {
  const users = countUsers();
  for (let at = 0; at < 20 * MINUTE; at += 400) users.mark('a', at);
  expect(users.size(24 * MINUTE)).toBe(1);
  expect(users.size(26 * MINUTE)).toBe(0);
});

test('exact up to the limit, at least that beyond, and exact again later', () => {
  const users = countUsers();
  for (let id = 0; id < 100_000; id++) users.mark(`user-${id}`, 0);
  expect(users.size(0)).toBe(100_000);
  for (let id = 0; id < 1000; id++) users.mark(`late-${id}`, MINUTE);
  expect(users.size(MINUTE)).toBe(100_000);
  for (let id = 0; id < 1000; id++) users.mark(`late-${id}`, 5 * MINUTE);
  expect(users.size(5 * MINUTE)).toBe(1000);
});
