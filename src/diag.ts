import { writeSync } from 'node:fs';
import type { DiagLogger } from '@opentelemetry/api';
import { LOG_LEVELS } from './config/names.ts';

/** The only writer to stderr. One line a message; stacks at `debug` alone. */

type Level = (typeof LOG_LEVELS)[number];

let threshold: number = LOG_LEVELS.indexOf('warn');

export function setLevel(level: Level): void {
  threshold = LOG_LEVELS.indexOf(level);
}

export const error = (line: string, cause?: unknown): void => write('error', line, cause);
export const warn = (line: string, cause?: unknown): void => write('warn', line, cause);
export const info = (line: string, cause?: unknown): void => write('info', line, cause);
export const debug = (line: string, cause?: unknown): void => write('debug', line, cause);

const MINUTE = 60_000;
/** Characters of a line. */
const LONGEST = 2000;
/** More kinds of fault than this in one minute say nothing new. */
const MAX_KINDS = 100;
/** Messages of OpenTelemetry are of one kind if they differ in ids, numbers and names alone, or far from their start. */
const kindOf = (line: string): string =>
  line
    .slice(0, LONGEST)
    .replace(/["'`][^"'`]*["'`]|[0-9a-f]*\d[0-9a-f]*/gi, '#')
    .slice(0, 40);
const lastWritten = new Map<string, number>();

/** A warning that may come again and again: at most one line per `kind` and minute. */
export function limited(kind: string, line: string, cause?: unknown): void {
  const now = Date.now();
  const last = lastWritten.get(kind);
  if (last !== undefined && now - last < MINUTE) return;
  if (lastWritten.size >= MAX_KINDS) {
    for (const [old, at] of lastWritten) if (now - at >= MINUTE) lastWritten.delete(old);
    if (lastWritten.size >= MAX_KINDS) return;
  }
  lastWritten.set(kind, now);
  warn(line, cause);
}

/** What OpenTelemetry's own packages report, in the same form; each message at most once a minute. */
export function otelLogger(): DiagLogger {
  const at =
    (level: Level) =>
    (message: string, ...details: unknown[]): void => {
      if (LOG_LEVELS.indexOf(level) > threshold) return;
      const line = oneLine([message.split('\n    at ', 1)[0], ...details].map(describe).join(' '));
      if (level === 'error' || level === 'warn') limited(kindOf(line), line, details.find(isError));
      else write(level, line);
    };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug'), verbose: at('verbose') };
}

/** The sentence of an error, without its stack. Never throws, whatever was thrown. */
export function describe(cause: unknown): string {
  try {
    if (typeof cause === 'string') return cause;
    if (isError(cause)) return describeError(cause);
    if (typeof cause === 'object' && cause !== null) return JSON.stringify(cause);
    return String(cause);
  } catch {
    return 'something that cannot be printed';
  }
}

function describeError(cause: Error): string {
  // A refused connection to a name with two addresses is an AggregateError with an empty message.
  const inner = (cause as AggregateError).errors as unknown;
  if (cause.message === '' && Array.isArray(inner)) return inner.map(describe).join('; ');
  const code = (cause as NodeJS.ErrnoException).code;
  return typeof code === 'string' && !cause.message.includes(code) ? `${cause.message} (${code})` : cause.message;
}

function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    // A proxy that does not want to be asked.
    return false;
  }
}

const oneLine = (text: string): string =>
  // Also what would move the cursor of a terminal: much of it is said by others.
  text.slice(0, LONGEST).replace(/\s*[\p{Cc}]+\s*/gu, ' ');

function write(level: Level, line: string, cause?: unknown): void {
  if (LOG_LEVELS.indexOf(level) > threshold) return;
  const reason = cause === undefined || line.includes(describe(cause)) ? '' : `: ${describe(cause)}`;
  let text = `firstlight: ${oneLine(line + reason)}\n`;
  if (isError(cause) && threshold >= LOG_LEVELS.indexOf('debug')) text += `${cause.stack ?? ''}\n`;
  try {
    writeSync(2, text);
  } catch {
    // stderr is closed, full or non-blocking: a diagnostic is never worth a throw into the application.
  }
}
