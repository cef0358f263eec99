import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { GraphQLInstrumentation as Stock } from '@opentelemetry/instrumentation-graphql';
import { withoutThrowing } from '../../without-throwing.ts';
import { noteErrors, noteOperation, type ResolverError } from './graphql-operation.ts';

interface Execution {
  readonly operationType?: string;
  readonly operationName?: string;
  readonly result?: { readonly errors?: readonly ResolverError[] };
}

/** As the original, which knows graphql up to 16. From 17 on graphql itself tells what it executes. */
export class GraphQLInstrumentation extends Stock {
  protected override init(): InstrumentationNodeModuleDefinition {
    const definitions = [super.init(), new InstrumentationNodeModuleDefinition('graphql', ['>=17'])];
    // There may be several, but the original says that it has one.
    return definitions as unknown as InstrumentationNodeModuleDefinition;
  }

  override enable(): void {
    super.enable();
    for (const [channel, listener] of LISTENERS) {
      unsubscribe(channel, listener);
      subscribe(channel, listener);
    }
  }

  override disable(): void {
    super.disable();
    for (const [channel, listener] of LISTENERS) unsubscribe(channel, listener);
  }
}

const listener = (note: (execution: Execution) => void) => (message: unknown) =>
  // Whatever a subscriber throws ends the process.
  withoutThrowing('graphql does not tell its operations', () => note(message as Execution));

const begins = listener(({ operationType, operationName }) => {
  if (operationType !== undefined) noteOperation(operationType, operationName);
});
const ends = listener(({ result }) => noteErrors(result?.errors));

const LISTENERS = [
  ['tracing:graphql:execute:start', begins],
  // Of these the first has a result that is there at once, the second one that was waited for.
  ['tracing:graphql:execute:end', ends],
  ['tracing:graphql:execute:asyncEnd', ends],
] as const;
