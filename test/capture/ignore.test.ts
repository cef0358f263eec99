import { expect, test } from 'vitest';
import { ignoredPaths } from '../../src/capture/ignore.ts';

const isIgnored = ignoredPaths(['/healthz', '/static/*', '/*.ico', '/a(b)+']) ?? (() => false);

test.each(['/healthz', '/healthz?now=1', '/static/', '/static/a/b.css?v=1', '/favicon.ico', '/a(b)+'])(
  '%s is not seen',
  (target) => {
    expect(isIgnored(target)).toBe(true);
  },
);

test.each(['/', '/healthz/deep', '/Healthz', '/static', '/x?/healthz', '/abb', ''])('%j is seen', (target) => {
  expect(isIgnored(target)).toBe(false);
});

test('without a pattern nothing is looked at', () => {
  expect(ignoredPaths([])).toBeUndefined();
});

test('a pattern of many stars does not take long', () => {
  const slow = ignoredPaths([`/${'*a'.repeat(20)}`]) ?? (() => true);
  const start = performance.now();
  expect(slow(`/${'a'.repeat(200)}b`)).toBe(false);
  expect(performance.now() - start).toBeLessThan(1000);
});
