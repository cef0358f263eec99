import { expect, test } from 'vitest';
import { queryRedactor } from '../../src/capture/query.ts';

test.each([
  ['a=1&b=2', 'a=1&b=2'],
  ['sig=s3cr3t', 'sig=REDACTED'],
  ['a=1&Signature=s3cr3t&b=%20x', 'a=1&Signature=REDACTED&b=%20x'],
  ['sig=one&sig=two', 'sig=REDACTED&sig=REDACTED'],
  ['%73ig=s3cr3t', '%73ig=REDACTED'],
  ['X-Amz-Credential=a%2Fb&x', 'X-Amz-Credential=REDACTED&x'],
  ['signature=lower', 'signature=lower'],
  ['sig', 'sig'],
  ['=x&&', '=x&&'],
  ['%zz=1&sig=2', '%zz=1&sig=REDACTED'],
  ['a?sig=1', 'a?sig=1'],
])('%j', (query, redacted) => {
  expect(queryRedactor()(query)).toBe(redacted);
});

test('other names take the place of ours', () => {
  expect(queryRedactor(['token'])('token=1&sig=2')).toBe('token=REDACTED&sig=2');
});
