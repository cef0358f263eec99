import { activeExchange } from '../active-exchange.ts';
import { failureOf } from '../failure.ts';

export interface Operation {
  /** `query`, `mutation`, `subscription`. */
  readonly operation: string;
  readonly name?: { readonly value: string } | undefined;
}

export interface Document {
  readonly definitions: readonly ({ readonly kind?: string } & Partial<Operation>)[];
}

export interface ResolverError {
  /** Of the field; absent where no resolver ran. */
  readonly path?: readonly unknown[] | undefined;
  /** What the resolver threw. */
  readonly originalError?: unknown;
}

/** Clients choose it, and may choose as long a one as they like. */
const LONGEST_NAME = 255;

/** The span of the request tells which operation it is for; the text of the document stays where it is. */
export function noteOperation(type: string, name: string | undefined): void {
  const span = activeExchange()?.span;
  span?.setAttribute('graphql.operation.type', type);
  if (name !== undefined) span?.setAttribute('graphql.operation.name', name.slice(0, LONGEST_NAME));
}

/** The answer is 200 all the same, so what a resolver threw is put on the span here. */
export function noteErrors(errors: readonly ResolverError[] | undefined): void {
  const error = errors?.find(({ path }) => path !== undefined);
  if (error !== undefined) activeExchange()?.span.recordException(failureOf(error.originalError ?? error).exception);
}

/** The one that is executed: by its name, or the only one. */
export function operationOf({ definitions }: Document, name: string | null | undefined): Operation | undefined {
  return definitions.find(
    (definition): definition is Operation =>
      definition.kind === 'OperationDefinition' && (name == null || definition.name?.value === name),
  );
}
