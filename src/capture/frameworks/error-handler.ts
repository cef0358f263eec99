import { noteError } from '../exchange.ts';

export type ErrorHandler = (this: unknown, error: unknown, request: object, ...rest: unknown[]) => unknown;

/** Of express and those like it: told from other handlers by its four arguments, which the one in its place has too. */
export function notingError(handle: ErrorHandler): ErrorHandler {
  return function (error, request, response, next) {
    noteError(request, error);
    return handle.call(this, error, request, response, next);
  };
}
