import { withoutThrowing } from '../../without-throwing.ts';

/**
 * Puts what `wrap` makes of a method in its place, and leaves a method alone that is not there. Not `_wrap` of upstream's,
 * which takes off what another has put there: ours come first, so that upstream can take off its own.
 */
function wrapMethod<T extends object, K extends keyof T>(object: T, name: K, wrap: (original: T[K]) => T[K]): void {
  const original = object[name];
  if (typeof original !== 'function') return;
  const { enumerable = false } = Object.getOwnPropertyDescriptor(object, name) ?? {};
  Object.defineProperty(object, name, { value: wrap(original), enumerable, configurable: true, writable: true });
}

type Method = (...args: never[]) => unknown;
type Methods<K extends string> = { readonly [_ in K]: Method };

/**
 * `before` is told of each call of the method, and may change its arguments. The application's call goes on whatever
 * that throws, which is `whatFailed`.
 */
export function runBefore<T extends Methods<K>, K extends string>(
  object: T,
  name: K,
  whatFailed: string,
  before: (self: T, args: Parameters<T[K]>) => void,
): void {
  const wrap = (original: Method): Method =>
    function (this: T, ...args) {
      withoutThrowing(whatFailed, before, this, args as unknown as Parameters<T[K]>);
      return original.apply(this, args);
    };
  wrapMethod(object, name, wrap as never);
}

/** The same with what the method has returned. */
export function runAfter<T extends Methods<K>, K extends string>(
  object: T,
  name: K,
  whatFailed: string,
  after: (result: ReturnType<T[K]>, args: Parameters<T[K]>) => void,
): void {
  const wrap = (original: Method): Method =>
    function (this: T, ...args) {
      const result = original.apply(this, args);
      withoutThrowing(whatFailed, after, result as ReturnType<T[K]>, args as unknown as Parameters<T[K]>);
      return result;
    };
  wrapMethod(object, name, wrap as never);
}
