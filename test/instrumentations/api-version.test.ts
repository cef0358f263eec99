import { expect, test } from 'vitest';
import { isNewer } from '../../src/instrumentations/api-version.ts';

test.each([
  ['1.11.0', '1.10.0', true],
  ['1.10.3', '1.10.0', false],
  ['1.9.1', '1.10.0', false],
  ['1.10.0', '1.9.0', true],
  // A registration of its own, which ours does not fill.
  ['2.0.0', '1.10.0', false],
  ['1.11.0-rc.1', '1.10.0', true],
])('%s with %s registered: newer is %s', (version, registered, newer) => {
  expect(isNewer(version, registered)).toBe(newer);
});
