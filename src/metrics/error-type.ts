import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

const OTHER = '_OTHER';

/** Codes and names of classes; anything else may be of any kind and number. */
const TYPE = /^[\w.:$-]{1,64}$/;
/** What Redis begins the text of its errors with: `WRONGTYPE Operation against a key …`. */
const REDIS_TYPE = /^[A-Z]{2,32}(?= )/;

/**
 * The `error.type` of a span that has failed, undefined of one that has not: the code that the server or the system gave,
 * else the class of the error.
 */
export function errorTypeOf({ attributes, status, events }: ReadableSpan, system?: string): string | undefined {
  const told = attributes['error.type'];
  if (status.code !== SpanStatusCode.ERROR && told === undefined) return undefined;
  const exception = events.findLast(({ name }) => name === 'exception')?.attributes;
  const type =
    attributes['db.response.status_code'] ??
    told ??
    (system === 'redis' ? replied(exception?.['exception.message'] ?? status.message) : undefined) ??
    exception?.['exception.type'];
  const text = typeof type === 'number' ? String(type) : type;
  return typeof text === 'string' && TYPE.test(text) ? text : OTHER;
}

const replied = (message: unknown): string | undefined =>
  typeof message === 'string' ? REDIS_TYPE.exec(message)?.[0] : undefined;
