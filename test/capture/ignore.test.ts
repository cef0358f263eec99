import { expect, test } from 'vitest';
import { ignoredPaths } from '../../src/capture/ignore.ts';

const isIgnored = ignoredPaths(['/healthz', '/static/*', '/*.ico', '/a(b)+']);

test.each(['/healthz', '/static/', '/static/a/b.css', '/favicon.ico', '/a(b)+'])('%s is not seen', (target) => {
  expect(isIgnored(target)).toBe(true);
});

test.each(['/', '/healthz/deep', '/Healthz', '/static', '/abb', ''])('%j is seen', (target) => {
  expect(isIgnored(target)).toBe(false);
});

test('without a pattern all are seen', () => {
  expect(ignoredPaths([])('/')).toBe(false);
});

test('a pattern of many stars ends', () => {
  const slow = ignoredPaths([`/${'*a'.repeat(20)}`]);
  expect(slow(`/${'a'.repeat(200)}b`)).toBe(false);
});
