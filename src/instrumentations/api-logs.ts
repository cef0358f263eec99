import type { LoggerProvider } from '@opentelemetry/api';

/** The contract of `@opentelemetry/api-logs`: a function that gives the provider to who asks for its version. */
const KEY = Symbol.for('io.opentelemetry.js.api.logs');
const VERSION = 1;

type Registry = { [KEY]?: (version: number) => LoggerProvider | undefined };

/**
 * The logs API has moved into `@opentelemetry/api`; who still writes to its former package, which has a registration of
 * its own, would write into the void. Returns what undoes it.
 */
export function bridgeApiLogs(provider: LoggerProvider): () => void {
  const registry = globalThis as Registry;
  if (registry[KEY] !== undefined) return () => {};
  const get = (version: number): LoggerProvider | undefined => (version === VERSION ? provider : undefined);
  Object.defineProperty(registry, KEY, { value: get, configurable: true, writable: true });
  return () => {
    if (registry[KEY] === get) delete registry[KEY];
  };
}
