import { exchangeOf, noteError } from '../exchange.ts';
import { adapter } from './adapter.ts';
import { notingError, type ErrorHandler } from './error-handler.ts';
import { answering, entering, type Handle } from './mounts.ts';

type Next = (this: unknown, error?: unknown) => unknown;
type Middleware = (this: unknown, request: object, response: unknown, next: Next) => unknown;

interface Layer {
  /** Where it is mounted; empty: everywhere. */
  readonly route: string;
  handle: Middleware | ErrorHandler;
}

interface Application {
  readonly stack: Layer[];
  use(this: Application, ...args: unknown[]): unknown;
  handle: Handle;
}

export const ConnectInstrumentation = adapter('connect', { connect: { versions: '>=3.0.0 <4', patch: telling } });

/** Applications get their methods as copies. */
function telling(connect: () => Application): () => Application {
  return function () {
    const application = connect();
    application.use = using(application.use);
    application.handle = entering(application.handle);
    return application;
  };
}

function using(use: Application['use']): Application['use'] {
  return function (...args) {
    const before = this.stack.length;
    const result = use.apply(this, args);
    for (const layer of this.stack.slice(before)) layer.handle = wrapped(layer);
    return result;
  };
}

/** Connect tells the kinds of middleware by the number of their arguments, and never calls one with more than four. */
function wrapped({ route, handle }: Layer): Layer['handle'] {
  if (handle.length > 4) return handle;
  const wrapper = handle.length === 4 ? notingError(handle as ErrorHandler) : handling(route, handle as Middleware);
  return Object.defineProperty(wrapper, 'name', { value: handle.name });
}

function handling(route: string, handle: Middleware): Middleware {
  return function (request, response, next) {
    const exchange = exchangeOf(request);
    if (exchange === undefined) return handle.call(this, request, response, next);
    exchange.mount = route;
    const pass = route === '' ? next : answering(exchange, route, next);
    try {
      return handle.call(this, request, response, function (error) {
        if (error) noteError(request, error);
        return Reflect.apply(pass, this, arguments);
      });
    } catch (error) {
      noteError(request, error);
      throw error;
    }
  };
}
