import { exchangeOf, noteError, type Exchange } from '../exchange.ts';

/**
 * A request on its way through routers that are mounted in routers. Names of parameters are here, where `baseUrl` of the
 * request has their values. Fields of the exchange, for routers of several packages may be mounted in each other.
 */
export interface Mounted extends Exchange {
  /** The template of where the router at work is mounted. */
  prefix?: string;
  /** Where in that router is mounted what it has called last. */
  mount?: string;
}

type Out = (this: unknown, error?: unknown) => unknown;
export type Handle = (this: unknown, request: object, response: unknown, out?: Out) => unknown;

/** For the method with which a router takes over a request; `out` hands it back, with an error or without. */
export function entering(handle: Handle): Handle {
  return function (request, response, out) {
    const exchange: Mounted | undefined = exchangeOf(request);
    if (exchange === undefined) return Reflect.apply(handle, this, arguments);
    const { prefix = '', mount = '' } = exchange;
    exchange.prefix = joined(prefix, mount);
    exchange.mount = '';
    if (typeof out !== 'function') return Reflect.apply(handle, this, arguments);
    return handle.call(this, request, response, function (error) {
      exchange.prefix = prefix;
      exchange.mount = mount;
      if (error) noteError(request, error);
      return Reflect.apply(out, this, arguments);
    });
  };
}

/** What a path, or several, is in a template: empty where it matches all. */
export function templateOf(path: unknown): string {
  if (typeof path === 'string') return path === '/' ? '' : path;
  if (Array.isArray(path)) return path.flat(Infinity).filter(isPath).join(',');
  return isPath(path) ? String(path) : '';
}

/** Else it is a handler, which needs no path before it. */
export const isPath = (argument: unknown): boolean => typeof argument === 'string' || argument instanceof RegExp;

export function joined(prefix: string, template: string): string {
  return prefix.endsWith('/') && template.startsWith('/') ? prefix + template.slice(1) : prefix + template;
}
