import { exchangeOf, noteError, type Exchange } from '../exchange.ts';

export type Out = (this: unknown, error?: unknown) => unknown;
export type Handle = (this: unknown, request: object, response: unknown, out?: Out) => unknown;

/** For the method with which a router takes over a request; `out` hands it back, with an error or without. */
export function entering(handle: Handle): Handle {
  return function (request, response, out) {
    const exchange = exchangeOf(request);
    if (exchange === undefined) return Reflect.apply(handle, this, arguments);
    const { prefix, mount } = exchange;
    exchange.prefix = pathBelow(prefix, mount);
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

/**
 * For what is called below a path and may answer by itself: the path is the route then, unless a route matches, and no more
 * if it passes the request on. Returns the `next` to call it with.
 */
export function answering(exchange: Exchange, template: string, next: Out): Out {
  const { mountRoute: before } = exchange;
  exchange.mountRoute = pathBelow(exchange.prefix, template);
  return function (error) {
    if (!error) exchange.mountRoute = before;
    return Reflect.apply(next, this, arguments);
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

export function pathBelow(prefix: string, template: string): string {
  return prefix.endsWith('/') && template.startsWith('/') ? prefix + template.slice(1) : prefix + template;
}
