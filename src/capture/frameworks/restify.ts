import { noteError, noteRoute } from '../exchange.ts';
import { adapter } from './adapter.ts';
import { notingError, type ErrorHandler } from './error-handler.ts';

interface Request {
  readonly route?: { readonly path: unknown };
}

interface Server {
  /** The first that is done with a request whose route was found. */
  _runUse(request: Request, response: unknown, next: unknown): unknown;
  _onHandlerError(error: unknown, request: Request, response: unknown, isUncaught?: boolean): unknown;
}

type Handler = (this: unknown, ...args: unknown[]) => unknown;
interface Chain {
  readonly _stack: Handler[];
  add(this: Chain, handler: Handler): unknown;
}

export const RestifyInstrumentation = adapter('restify', {
  // Older ones do not start on the Nodes of today.
  restify: { versions: '>=10.0.0 <13', files: { 'lib/server.js': patchServer, 'lib/chain.js': patchChain } },
});

function patchServer<T extends { readonly prototype: Server }>(Server: T): T {
  const { prototype } = Server;
  const { _runUse: runUse, _onHandlerError: onHandlerError } = prototype;
  prototype._runUse = function (request, response, next) {
    if (request.route !== undefined) noteRoute(request, String(request.route.path));
    return runUse.call(this, request, response, next);
  };
  prototype._onHandlerError = function (error, request, response, isUncaught) {
    noteError(request, error);
    return onHandlerError.call(this, error, request, response, isUncaught);
  };
  return Server;
}

/** An error that a handler with four arguments answers goes no further than that. */
function patchChain<T extends { readonly prototype: Chain }>(Chain: T): T {
  const { prototype } = Chain;
  const { add } = prototype;
  prototype.add = function (handler) {
    const result = add.call(this, handler);
    if (handler.length === 4) {
      const wrapper = Object.defineProperty(notingError(handler as ErrorHandler), 'name', { value: handler.name });
      this._stack[this._stack.length - 1] = Object.assign(wrapper as Handler, handler);
    }
    return result;
  };
  return Chain;
}
