import {
  context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  ROOT_CONTEXT,
  trace,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { attempt, failed, guard, guardProvider, replace, type Method } from './guard.ts';

/** Not `startActiveSpan`: what the application's function throws is the application's. */
export function guardTraces(): void {
  guardProvider('TracerProvider', TracerProvider.prototype, 'getTracer', (tracer) =>
    replace(tracer, 'startSpan', guardedStart),
  );
  guardContexts();
}

/** What fails is an option, or the sampler: without the one there is a span, without the other one that is not recorded. */
function guardedStart(start: Method): Method {
  let isGuarded = false;
  return function (name, options, parent) {
    try {
      const span = start.call(this, name, options ?? undefined, parent ?? undefined) as Span;
      // Those that are not recorded are of the API.
      if (!isGuarded && span.isRecording()) {
        isGuarded = true;
        guardSpan(span);
      }
      return span;
    } catch (cause) {
      failed('Tracer.startSpan', cause);
      return attempt(() => start.call(this, name, undefined, parent ?? undefined)) ?? unrecorded(parent as Context);
    }
  };
}

function guardSpan(span: Span): void {
  for (const name of ['setAttribute', 'setAttributes', 'addEvent', 'addLink', 'addLinks', 'setStatus', 'updateName']) {
    guard('Span', span, name, (self) => self);
  }
  guard('Span', span, 'recordException', () => undefined);
  // What was to be its end is no time: it ends now.
  guard('Span', span, 'end', (self, end) => ((self as Span).isRecording() ? end.call(self) : undefined));
}

/** As of the API without an SDK: the trace goes on below it. */
function unrecorded(parent: Context | undefined): Span {
  const above = attempt(() => {
    const known = trace.getSpanContext(parent ?? context.active());
    return known !== undefined && isSpanContextValid(known) ? known : undefined;
  });
  return trace.wrapSpanContext(above ?? INVALID_SPAN_CONTEXT);
}

/** Anything can be made current: in what is no context every other call would fail. */
function guardContexts(): void {
  const manager = AsyncLocalStorageContextManager.prototype;
  replace(
    manager,
    'active',
    (original) =>
      function () {
        const current = original.call(this) as Context;
        try {
          return typeof current.getValue === 'function' ? current : ROOT_CONTEXT;
        } catch {
          return ROOT_CONTEXT;
        }
      },
  );
  guard('ContextAPI', manager, 'bind', (_self, _bind, _context, target) => target);
}
