import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Runs what is given as if nothing of the application had called it: a timer or a socket that begins within a request
 * would keep for its life what the application keeps for the request.
 */
export const outside: <R>(run: () => R) => R = AsyncLocalStorage.snapshot();
