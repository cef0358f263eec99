/**
 * Providers keep what they have made for a scope for good, and there are applications that name scopes by what their
 * users send. So each provider knows a bounded number of scopes; all further ones share one, and nothing of them is lost.
 */
import * as diag from '../../diag.ts';

const MAX_SCOPES = 500;
/** The scope of all that are one too many. */
export const OVERFLOW = 'firstlight.overflow';

/** What measures for us is not counted with the application's: whatever that does, this goes on. */
export const isOurs = (scope: string): boolean => /^(?:firstlight(?:$|\/)|@opentelemetry\/)/.test(scope);

interface Known {
  readonly ours: Set<string>;
  readonly application: Set<string>;
}

const knownBy = new WeakMap<object, Known>();

/** Whether the provider knows this scope from now on. `what`: the call, for the line that says that it does not. */
export function isWithin(provider: object, what: string, name: string, version = '', schemaUrl = ''): boolean {
  let known = knownBy.get(provider);
  if (known === undefined) knownBy.set(provider, (known = { ours: new Set(), application: new Set() }));
  const scopes = isOurs(name) ? known.ours : known.application;
  const id = `${name}\n${version}\n${schemaUrl}`;
  if (scopes.has(id)) return true;
  if (scopes.size < MAX_SCOPES) {
    scopes.add(id);
    return true;
  }
  diag.limited(
    `scopes ${what}`,
    `${what} was asked for more than ${MAX_SCOPES} scopes: "${name}" and all further ones share the scope "${OVERFLOW}"; ` +
      'a scope is a library or a module, what changes from request to request belongs into attributes',
  );
  return false;
}
