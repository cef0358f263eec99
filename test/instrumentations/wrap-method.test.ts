import { expect, test, vi } from 'vitest';
import * as diag from '../../src/diag.ts';
import { runAfter, runBefore } from '../../src/instrumentations/libraries/wrap-method.ts';

const pool = () => ({
  size: 7,
  take(count: number): number {
    if (count > this.size) throw new RangeError('too many');
    return this.size - count;
  },
});

test('what runs before may change the arguments, what runs after has the result', () => {
  const ours = pool();
  const seen: unknown[] = [];
  runBefore(ours, 'take', 'failed', (self, args) => {
    seen.push(self === ours, ...args);
    args[0]++;
  });
  runAfter(ours, 'take', 'failed', (result, [count]) => void seen.push(result, count));
  expect(ours.take(1)).toBe(5);
  // The second is around the first.
  expect(seen).toEqual([true, 1, 5, 1]);
  expect(Object.keys(ours)).toEqual(['size', 'take']);
});

test('the call goes on whatever ours throws, and fails as it would without', () => {
  const limited = vi.spyOn(diag, 'limited').mockReturnValue();
  const ours = pool();
  const fail = (): void => {
    throw new Error('no luck');
  };
  runBefore(ours, 'take', 'before failed', fail);
  runAfter(ours, 'take', 'after failed', fail);
  expect(ours.take(2)).toBe(5);
  expect(limited.mock.calls.map(([, what]) => what)).toEqual(['before failed', 'after failed']);
  expect(() => ours.take(8)).toThrow('too many');
});

test('a method that is not there is left alone', () => {
  const ours: { take?: () => void } = {};
  runBefore(ours as Required<typeof ours>, 'take', 'failed', () => {});
  expect(ours).toEqual({});
});
