import type { Exception } from '@opentelemetry/api';
import { OTHER } from './methods.ts';

/** Characters: more than any reader wants, and a bound for what an application puts into its errors. */
const MAX_MESSAGE = 4096;
const MAX_STACK = 16_384;

/** An error as it is reported. Whatever was thrown, it can be read. */
export interface Failure {
  /** The name of its kind, for `error.type`. */
  readonly type: string;
  /** As Node names its own errors. */
  readonly code?: string;
  readonly message: string;
  readonly exception: Exception;
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) {
    const message = textOf(() => error, MAX_MESSAGE);
    return { type: OTHER, message, exception: message };
  }
  const type = textOf(() => error.name, MAX_MESSAGE);
  const message = textOf(() => error.message, MAX_MESSAGE);
  const given = textOf(() => (error as NodeJS.ErrnoException).code ?? '', MAX_MESSAGE);
  const code = given === '' ? {} : { code: given };
  const stack = textOf(() => error.stack ?? '', MAX_STACK);
  return { type, ...code, message, exception: { name: type, message, stack, ...code } };
}

/** Errors have getters that throw, names that are symbols, and traps. */
function textOf(read: () => unknown, max: number): string {
  try {
    return String(read()).slice(0, max);
  } catch {
    return '[unreadable]';
  }
}
