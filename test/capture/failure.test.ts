import { expect, test } from 'vitest';
import { failureOf } from '../../src/capture/failure.ts';

test('an error with a code', () => {
  const error = Object.assign(new TypeError('no'), { code: 'ENO' });
  expect(failureOf(error)).toMatchObject({
    type: 'TypeError',
    message: 'no',
    exception: { name: 'TypeError', code: 'ENO', message: 'no', stack: error.stack },
  });
});

test.each([
  ['a text', 'no', 'no'],
  ['nothing', undefined, 'undefined'],
  ['a symbol', Symbol('no'), 'Symbol(no)'],
  ['an object without a prototype', Object.create(null), '[unreadable]'],
])('what is no error: %s', (_title, thrown, message) => {
  expect(failureOf(thrown)).toEqual({ type: '_OTHER', message, exception: message });
});

test.each(['name', 'message', 'code', 'stack'])('a getter of %s that throws', (key) => {
  const error = new Error('no');
  Object.defineProperty(error, key, {
    get() {
      throw new Error('a getter');
    },
  });
  expect(JSON.stringify(failureOf(error))).toContain('[unreadable]');
});

test('a name that is a symbol', () => {
  expect(failureOf(Object.assign(new Error('no'), { name: Symbol('name') })).type).toBe('Symbol(name)');
});

test('texts have a bound', () => {
  expect(JSON.stringify(failureOf(new Error('x'.repeat(1_000_000)))).length).toBeLessThan(50_000);
});
