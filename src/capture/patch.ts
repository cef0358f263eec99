export type Method = (this: object, ...args: unknown[]) => unknown;

/** Gives a method as it is now. What is inherited may be replaced later: `domain` does so with that of all emitters. */
export type Current = () => Method;

/** A method of Node's, and what takes its place. */
export type Patch = readonly [target: object, name: string, wrapper: (original: Current) => Method];

type Methods = Record<string, Method>;

const ours = new WeakSet<object>();

/**
 * Puts a wrapper in place of a method, to be told from it by nobody: as enumerable, of the same name and length. Returns
 * how to undo that; undefined where it has been done before.
 */
export function patchMethod([target, name, wrapper]: Patch): (() => void) | undefined {
  const own = Object.getOwnPropertyDescriptor(target, name);
  const original = (target as Methods)[name];
  if (original === undefined || (own !== undefined && ours.has(original))) return undefined;
  const parent = Object.getPrototypeOf(target) as Methods;
  const wrapped = wrapper(own === undefined ? () => parent[name] as Method : () => original);
  for (const key of ['name', 'length'] as const) Object.defineProperty(wrapped, key, { value: original[key] });
  const enumerable = own?.enumerable ?? true;
  Object.defineProperty(target, name, { value: wrapped, writable: true, configurable: true, enumerable });
  ours.add(wrapped);
  return () => {
    // Somebody may have wrapped it once more.
    if ((target as Methods)[name] !== wrapped) return;
    if (own === undefined) delete (target as Methods)[name];
    else Object.defineProperty(target, name, own);
  };
}
