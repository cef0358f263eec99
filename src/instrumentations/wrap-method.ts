/**
 * Puts what `wrap` makes of a method in its place, and leaves a method alone that is not there. Not `_wrap` of upstream's,
 * which takes off what another has put there: ours come first, so that upstream can take off its own.
 */
export function wrapMethod<T extends object, K extends keyof T>(
  object: T,
  name: K,
  wrap: (original: T[K]) => T[K],
): void {
  const original = object[name];
  if (typeof original !== 'function') return;
  const { enumerable = false } = Object.getOwnPropertyDescriptor(object, name) ?? {};
  Object.defineProperty(object, name, { value: wrap(original), enumerable, configurable: true, writable: true });
}
