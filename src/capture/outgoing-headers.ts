import { propagation, type Context } from '@opentelemetry/api';

type Pair = readonly [name: string, value: string];
/** What `http.request` takes: an object, names and values in turn, or pairs of them. */
type Given = Readonly<Record<string, unknown>> | readonly unknown[] | null | undefined;

const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const VALUE = /^[\t -~\u0080-\u00ff]*$/;

/** The headers that carry the context, without what no header can carry: Node would throw. */
export function contextHeaders(context: Context): Pair[] {
  const headers: Pair[] = [];
  propagation.inject(context, headers, {
    set: (carrier, name, value) => void (NAME.test(name) && VALUE.test(value) && carrier.push([name, value])),
  });
  return headers;
}

/**
 * A copy of the headers of a request. Those of the context are there instead of others by their names. Upstream's client
 * half calls it: see tools/upstream.ts.
 * @public
 */
export function withContext(given: Given, context: Context): Record<string, unknown> | unknown[] {
  const headers = contextHeaders(context);
  if (!Array.isArray(given)) return Object.assign({}, given, Object.fromEntries(headers));
  const list = given as readonly unknown[];
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const isTaken = (name: unknown): boolean => typeof name === 'string' && names.has(name.toLowerCase());
  return Array.isArray(list[0])
    ? [...list.filter((pair) => !Array.isArray(pair) || !isTaken(pair[0])), ...headers]
    : [...list.filter((_, index) => !isTaken(list[index - (index % 2)])), ...headers.flat()];
}
