import type { Attributes } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';

/** With what the SDK puts on the scopes of log records. */
export type Scope = InstrumentationScope & {
  readonly attributes?: Attributes;
  readonly droppedAttributesCount?: number;
};

export interface Scoped {
  readonly instrumentationScope: Scope;
}
