import { expect, test } from 'vitest';
import { setHeader, type Request } from '../../src/capture/undici-request.ts';

const request = (headers: Request['headers']): Request => ({ method: 'GET', origin: 'http://a', path: '/', headers });

test('a header takes the place of those by its name, in any case', () => {
  const made = request(['a', '1', 'Trace', 'x', 'b', ['trace', '2'], 'trace', 'y']);
  setHeader(made, 'trace', 'ours');
  expect(made.headers).toEqual(['a', '1', 'b', ['trace', '2'], 'trace', 'ours']);
});

test('the same in the text of releases before 6', () => {
  const made = request('a: 1\r\nTrace: x\r\ntrace-b: trace: 2\r\ntrace: y\r\n');
  setHeader(made, 'trace', 'ours');
  expect(made.headers).toBe('a: 1\r\ntrace-b: trace: 2\r\ntrace: ours\r\n');
});
