/**
 * The SDK trusts those who call it: of the calls that the types forbid many throw, where the API without an SDK does
 * nothing. A call of the application's that would throw is one line a minute here, and returns what is harmless.
 *
 * Methods are replaced where the SDK's classes have them. The classes are known by what is made of them first: to make
 * something for this alone would be the dearest part of a start.
 */
import { types } from 'node:util';
import * as diag from '../../diag.ts';
import { cut } from './cut.ts';
import { isWithin, OVERFLOW } from './scopes.ts';

/** None of them takes more; what is left out and what is undefined is the same to all. */
export type Method = (this: object, a?: unknown, b?: unknown, c?: unknown) => unknown;

const ours = new WeakSet<Method>();

/** Where `made` has it from, and once; a method that an update of the SDK has removed needs no guard. */
export function replace(made: object, name: string, by: (original: Method) => Method): void {
  let owner: object | null = made;
  while (owner !== null && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner) as object | null;
  const methods = owner as Record<string, Method> | null;
  const original = methods?.[name];
  if (methods === null || original === undefined || ours.has(original)) return;
  const guarded = by(original);
  ours.add(guarded);
  methods[name] = guarded;
}

/** `otherwise` gives what is returned in place of a throw. */
export function guard(
  type: string,
  made: object,
  name: string,
  otherwise: (self: object, original: Method, a: unknown, b: unknown) => unknown,
): void {
  replace(
    made,
    name,
    (original) =>
      function (a, b, c) {
        try {
          return original.call(this, a, b, c);
        } catch (cause) {
          failed(`${type}.${name}`, cause);
          return attempt(() => otherwise(this, original, a, b));
        }
      },
  );
}

export function failed(what: string, cause: unknown): void {
  diag.limited(
    `misuse ${what}`,
    `an OpenTelemetry call of the application failed (${what}): ${diag.describe(cause)}`,
    // Anything can be thrown, also what throws again when it is looked at.
    types.isNativeError(cause) ? cause : undefined,
  );
}

export function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/**
 * A scope that is no text would cost what is made by it its export. `onFirst` gets the first of each class that is made,
 * `onTooMany` hears of each scope that has to share.
 */
export function guardProvider(
  type: string,
  provider: object,
  name: string,
  onFirst: (made: object) => void,
  onTooMany?: () => void,
): void {
  const known = new WeakSet<object>();
  replace(
    provider,
    name,
    (original) =>
      function (scope, version, options) {
        const [named, versioned] = [text(scope) ?? '', text(version)];
        let schemaUrl: string | undefined;
        try {
          schemaUrl = text((options as { readonly schemaUrl?: unknown } | null | undefined)?.schemaUrl);
        } catch (cause) {
          failed(`${type}.${name}`, cause);
        }
        let made: object;
        if (isWithin(this, `${type}.${name}`, named, versioned, schemaUrl)) {
          made = original.call(this, named, versioned, schemaUrl === undefined ? undefined : { schemaUrl }) as object;
        } else {
          onTooMany?.();
          made = original.call(this, OVERFLOW) as object;
        }
        const prototype = Object.getPrototypeOf(made) as object;
        if (!known.has(prototype)) {
          known.add(prototype);
          onFirst(made);
        }
        return made;
      },
  );
}

/** Characters of a name, a version or a URL. */
const LONGEST = 255;

const text = (value: unknown): string | undefined => (typeof value === 'string' ? cut(value, LONGEST) : undefined);
