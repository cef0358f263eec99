/** Users whom the application names on its spans are active ones. */
import { SpanKind } from '@opentelemetry/api';
import type { Component } from '../component.ts';

/** `mark` is told of what is called `enduser.id` or `user.id` on the span of a request. */
export function createUserMarks(mark: (id: unknown) => void): Component {
  return {
    name: 'active users',
    spanProcessors: [
      {
        onStart() {},
        onEnd({ kind, attributes }) {
          if (kind !== SpanKind.SERVER) return;
          const id = attributes['enduser.id'] ?? attributes['user.id'];
          if (id !== undefined) mark(id);
        },
        async forceFlush() {},
        async shutdown() {},
      },
    ],
  };
}
