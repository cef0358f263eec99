import type { Span } from '@opentelemetry/api';
import { withoutThrowing } from '../without-throwing.ts';

/**
 * Puts the `error.type` on the span of a driver whose instrumentation keeps but the message: the code that the server gave
 * (`40P01`, `ER_LOCK_DEADLOCK`, 112), else the class of the error. See tools/upstream.ts.
 */
export function noteError(span: Span, error: unknown): Span {
  withoutThrowing('the type of an error could not be noted', () => {
    const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
    const type = typeof code === 'string' || typeof code === 'number' ? code : name;
    if (type !== undefined) span.setAttribute('error.type', String(type));
  });
  return span;
}
